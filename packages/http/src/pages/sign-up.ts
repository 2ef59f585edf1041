import { html } from 'hono/html';
import type { Fragment } from './fragment.ts';
import { headingToward } from './heading.ts';
import { layout } from './layout.ts';
import { nextTry } from './time.ts';
import type { Frame, Html, SignUpProblem, SignUpView } from './views.ts';
import { withTicket } from './web-link.ts';

type Field = 'name' | 'username' | 'password' | 'password-again';

/** A new account, on the way to an app or for itself. */
export function signUpPage(view: SignUpView, frame: Frame): Html {
  const main = html`
      ${headingToward({ client: view.client, act: 'Create an account', alone: 'Create an account' })}
      ${view.problem && html`<p class="notice danger" id="problem" role="alert">${explain(view.problem, frame.now)}</p>`}
      <form method="post" action="${frame.base}/sign-up">
        <input type="hidden" name="ticket" value="${view.ticket}">
        ${fields(view)}
        <div class="buttons stacked">
          <button class="primary" id="sign-up-submit" name="action" value="sign-up">Create account</button>
          ${view.client && html`<button id="sign-up-cancel" name="action" value="cancel" formnovalidate>Cancel</button>`}
        </div>
      </form>
      <p>Have an account? <a id="sign-in" href="${withTicket(`${frame.base}/login`, view.ticket)}">Sign in</a></p>`;
  return layout({ title: 'Create an account', kind: 'card', main }, frame);
}

function explain(problem: SignUpProblem, now: number): string {
  switch (problem.kind) {
    case 'taken':
      return 'This username is taken. Choose another one, or sign in if the account is yours.';
    case 'weak':
      return `Choose a stronger password: at least ${problem.least} characters, and not one that is easy to guess.`;
    case 'mismatch':
      return 'The two passwords differ. Type the same one twice.';
    case 'name':
      return 'The name or the username is missing, or cannot be used here. Change it, then try again.';
    case 'throttled':
      return `There were too many tries. ${nextTry(problem.retryAt, now)}`;
  }
}

/** Which fields have to be filled in anew. */
const wrongFields: Record<SignUpProblem['kind'], readonly Field[]> = {
  taken: ['username'],
  weak: ['password', 'password-again'],
  mismatch: ['password', 'password-again'],
  name: ['name', 'username'],
  throttled: [],
};

function fields(view: SignUpView): Fragment {
  const plain = html` type="text" autocapitalize="none" autocorrect="off" spellcheck="false"`;
  return html`<label for="name">Name</label>
        <input id="name" name="name" type="text" value="${view.name}" autocomplete="name" required${state(view, 'name')}>
        <label for="username">Username</label>
        <input id="username" name="username"${plain} value="${view.username}" autocomplete="username" required${state(view, 'username')}>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="new-password" required${state(view, 'password')}>
        <label for="password-again">Password again</label>
        <input id="password-again" name="password_again" type="password" autocomplete="new-password" required${state(view, 'password-again')}>`;
}

function state(view: SignUpView, field: Field): Fragment {
  const isWrong = view.problem !== null && wrongFields[view.problem.kind].includes(field);
  return html`${view.problem && html` aria-describedby="problem"`}${isWrong && html` aria-invalid="true"`}${
    focused(view) === field && html` autofocus`
  }`;
}

/** The cursor starts in the first field that is wrong, or else in the first that still wants something. */
function focused({ name, username, problem }: SignUpView): Field {
  const [wrong] = problem === null ? [] : wrongFields[problem.kind];
  if (wrong !== undefined) return wrong;
  if (name === '') return 'name';
  return username === '' ? 'username' : 'password';
}
