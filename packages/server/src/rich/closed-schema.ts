type Schema = Readonly<Record<string, unknown>>;

/**
 * The schema of a type's objects, closed: a member that it does not name is refused (RFC 9396 §5), at every depth, unless
 * the schema itself says what becomes of such members. `type` is always named.
 */
export function closed(schema: Schema, type: string): Schema {
  const own = isSchema(schema.properties) ? schema.properties : {};
  return closedHere({ ...schema, properties: { ...own, type: { const: type } } });
}

/** Only what describes a place of its own is closed: branches of `allOf` and the like share theirs. */
function closedHere(schema: Schema): Schema {
  const inner: Record<string, unknown> = { ...schema };
  if (isSchema(schema.properties)) inner.properties = mapValues(schema.properties);
  if (isSchema(schema.items)) inner.items = closedHere(schema.items);
  if (Array.isArray(schema.prefixItems)) inner.prefixItems = schema.prefixItems.map(closedIfSchema);
  return isOpen(schema) ? { ...inner, unevaluatedProperties: false } : inner;
}

function mapValues(properties: Schema): Schema {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, closedIfSchema(schema)]),
  );
}

function closedIfSchema(schema: unknown): unknown {
  return isSchema(schema) ? closedHere(schema) : schema;
}

/** Names members, and says nothing of others. */
function isOpen(schema: Schema): boolean {
  const speaks = 'additionalProperties' in schema || 'unevaluatedProperties' in schema;
  return isSchema(schema.properties) && !speaks;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
