import { html } from 'hono/html';
import type { Fragment } from './fragment.ts';
import { headingToward } from './heading.ts';
import { layout } from './layout.ts';
import { nextTry } from './time.ts';
import type { Frame, Html, SignInProblem, SignInView } from './views.ts';
import { withTicket } from './web-link.ts';

/** Where one is going first, then who one is. */
export function signInPage(view: SignInView, frame: Frame): Html {
  const main = html`
      ${headingToward({ client: view.client, act: 'Sign in', alone: 'Sign in to your account' })}
      ${view.problem && problemNotice(view.problem, frame.now)}
      <form method="post" action="${frame.base}/login">
        <input type="hidden" name="ticket" value="${view.ticket}">
        ${fields(view)}
        <div class="buttons stacked">
          <button class="primary" id="login-submit" name="action" value="sign-in">Sign in</button>
          ${view.client && html`<button id="login-cancel" name="action" value="cancel" formnovalidate>Cancel</button>`}
        </div>
      </form>
      ${view.signUp === true && html`<p>New here? <a id="create-account" href="${withTicket(`${frame.base}/sign-up`, view.ticket)}">Create an account</a></p>`}`;
  return layout({ title: view.client ? 'Sign in to continue' : 'Sign in', kind: 'card', main }, frame);
}

/** Says the same whether the account exists or not. */
function problemNotice(problem: SignInProblem, now: number): Fragment {
  const text =
    problem.kind === 'wrong'
      ? 'That username and password do not match. Check both, then try again.'
      : html`There were too many tries. ${nextTry(problem.retryAt, now)}`;
  return html`<p class="notice danger" id="problem" role="alert">${text}</p>`;
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
