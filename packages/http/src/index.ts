export type { ClientCertificateSource } from './client-certificate.ts';
export { type Connection, createHandler, type Handler, type HandlerOptions } from './handler.ts';
export { defaultPages } from './pages/default-pages.ts';
export type * from './pages/views.ts';
