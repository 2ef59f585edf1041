import { html } from 'hono/html';
import type { Fragment } from './fragment.ts';
import { layout } from './layout.ts';
import { absolute, relative } from './time.ts';
import type { Frame, Html, SignInProblem, SignInView } from './views.ts';
import { homepageLink } from './web-link.ts';

/** Where one is going first, then who one is. */
export function signInPage(view: SignInView, frame: Frame): Html {
  const main = html`
      ${heading(view.client)}
      ${view.problem && problemNotice(view.problem, frame.now)}
      <form method="post" action="${frame.base}/login">
        <input type="hidden" name="ticket" value="${view.ticket}">
        ${fields(view)}
        <div class="buttons stacked">
          <button class="primary" id="login-submit" name="action" value="sign-in">Sign in</button>
          ${view.client && html`<button id="login-cancel" name="action" value="cancel" formnovalidate>Cancel</button>`}
        </div>
      </form>`;
  return layout({ title: view.client ? 'Sign in to continue' : 'Sign in', kind: 'card', main }, frame);
}

function heading(client: SignInView['client']): Fragment {
  if (client === null) return html`<h1>Sign in to your account</h1>`;
  const link = homepageLink(client.homepage);
  return html`<h1>Sign in to continue to <bdi>${client.name}</bdi></h1>
      ${link && html`<p class="host">${link}</p>`}`;
}

/** Says the same whether the account exists or not. */
function problemNotice(problem: SignInProblem, now: number): Fragment {
  const text =
    problem.kind === 'wrong'
      ? 'That username and password do not match. Check both, then try again.'
      : html`There were too many tries. ${nextTry(problem.retryAt, now)}`;
  return html`<p class="notice danger" id="problem" role="alert">${text}</p>`;
}

/** The hour too, in the open: the page does not count down. */
function nextTry(retryAt: number, now: number): string {
  return retryAt > now
    ? `You can try again ${relative(retryAt, now)}, at ${absolute(retryAt)}.`
    : 'You can try again now.';
}

/** The cursor starts in the first field that still wants something, where the problem is read out with its label. */
function fields({ username, problem }: SignInView): Fragment {
  const state = [
    problem && html` aria-describedby="problem"`,
    problem?.kind === 'wrong' && html` aria-invalid="true"`,
  ];
  const focus = html` autofocus`;
  return html`<label for="username">Username</label>
        <input id="username" name="username" type="text" value="${username}" autocomplete="username"
          autocapitalize="none" autocorrect="off" spellcheck="false" required${state}${username === '' && focus}>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password"
          required${state}${username !== '' && focus}>`;
}
