/** The members that are there. */
export function present<T extends object>(members: { readonly [K in keyof T]?: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}

/** A part of a record, if there is anything in it. */
export function part<K extends string, T extends object>(name: K, members: T): { readonly [P in K]?: T } {
  return (Object.keys(members).length === 0 ? {} : { [name]: members }) as { readonly [P in K]?: T };
}
