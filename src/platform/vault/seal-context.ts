/** What a sealed value belongs to: a connection of a tenant, or a person, who belongs to no tenant. It opens nowhere else. */
export type SealContext = { tenantId: string; connectionId: string; field: string } | { personId: string; field: string };
