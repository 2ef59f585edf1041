import { afterSignIn, resume, type Ticket } from '@valetkey/server';
import type { Context } from '../context.ts';
import { redirect } from '../respond.ts';
import { answer } from './authorize.ts';

/** Somebody has just signed in: on with the app's request, or to her own account. */
export async function goOn(
  context: Context,
  ticket: Ticket,
  browser: { binding: string; sessionCookie: string },
): Promise<Response> {
  const cookie = context.cookies.session(browser.sessionCookie);
  if (ticket.request === null) return redirect(context, `${context.base}/account`, [cookie]);
  const request = afterSignIn(ticket.request);
  const outcome = await resume(context.authority, { request, browser });
  return answer(context, outcome, { binding: browser.binding, cookies: [cookie] });
}
