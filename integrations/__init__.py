"""The other side of the wire: provisioners, webhook endpoints, storage, mail, embedded servers."""
