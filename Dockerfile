# One image for every process of the product: `serve` (default), `worker`, `migrate`, `seed`, `sandbox`.
# It holds what requirements.lock pins and the source; the embedded database and Redis are not in it.

FROM python:3.13-slim AS dependencies
COPY requirements.lock .
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --no-input --no-deps --require-hashes --only-binary :all: -r requirements.lock

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Provender" org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /data provender \
 && install -d -o provender -g provender -m 0750 /data
COPY --from=dependencies /venv /venv
WORKDIR /app
COPY . .
RUN /venv/bin/python -m compileall -q /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PROVENDER_DATA_DIR=/data \
    PROVENDER_HOST=0.0.0.0
USER provender
EXPOSE 8000
ENTRYPOINT ["python", "-m", "cli"]
CMD ["serve"]
