"""Who acts."""

from typing import Final

from domain.shared.actor import OrganizationKind, Permission
from schema.enums.texts import Texts

TEXTS: Final[Texts] = {
    OrganizationKind: (
        "OrganizationKind",
        "The tiers of the resale chain.",
        {
            "DISTRIBUTOR": "The root of a tree: sells to partners.",
            "PARTNER": "A reseller: sells to customers, and to partners below it.",
            "CUSTOMER": "Buys for itself.",
        },
    ),
    Permission: (
        "Permission",
        "What a credential may be granted.",
        {
            "ORGANIZATIONS_READ": "See the organizations of the subtree.",
            "ORGANIZATIONS_MANAGE": "Create, change, suspend and close partners and customers.",
            "TOKENS_MANAGE": "Create and revoke API tokens, with at most one's own permissions.",
            "CATALOG_READ": "See products and plans.",
            "PRICES_READ": "See the own organization's price lists and discounts.",
            "PRICES_MANAGE": "Publish price lists and discounts, and set prices.",
            "CONTRACTS_READ": "See contracts.",
            "CONTRACTS_MANAGE": "Enter, change and end contracts with customers.",
            "ORDERS_READ": "See orders.",
            "ORDERS_MANAGE": "Create, submit and cancel orders.",
            "ORDERS_APPROVE": "Approve and reject orders that others submitted, and say which orders need it.",
            "SUBSCRIPTIONS_READ": "See subscriptions.",
            "SUBSCRIPTIONS_MANAGE": "Change, renew, transfer and end subscriptions.",
            "NUMBERS_READ": "See telephone numbers, and search the stock of one's sellers.",
            "NUMBERS_MANAGE": "Import numbers into the own stock, and fulfil backorders.",
            "COSTS_READ": "See what the own organization pays its seller, and its margin.",
            "EVENTS_READ": "Read the event log and subscribe to it.",
            "WEBHOOKS_MANAGE": "Manage webhook endpoints and see their deliveries.",
            "CREDENTIALS_REVEAL": "See what opens instances: user names, passwords, links. Recorded each time.",
            "DESK_MANAGE": "See the tickets of the subtree's desks, complete and fail them; try operations again.",
            "PROVISIONING_READ": "See operations at provisioners.",
            "MEMBERS_READ": "See members and invitations, and one's own sessions.",
            "MEMBERS_MANAGE": "Invite, change and remove members, with at most one's own permissions.",
            "OWNERS_MANAGE": "Make, change and remove owners.",
            "BILLING_READ": "See accounts, their credit and their wallets.",
            "BILLING_MANAGE": "Set the credit terms of buyers, top up their wallets and grant them credit.",
            "CATALOG_MANAGE": "Manage the own organization's products, plans, terms, categories and order types.",
            "PORTS_MANAGE": "Advance port orders, toll-free orders and RespOrg changes, and see the PINs of accounts.",
            "UPLOADS_MANAGE": "Upload files, and fetch those that were uploaded.",
        },
    ),
}
