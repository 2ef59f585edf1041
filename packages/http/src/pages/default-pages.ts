import { accountChoicePage } from './account-choice.ts';
import { appsPage } from './apps.ts';
import { consentPage } from './consent.ts';
import { errorPage } from './error.ts';
import { formPostPage } from './form-post.ts';
import { homePage } from './home.ts';
import { interstitialPage } from './interstitial.ts';
import { sessionsPage } from './sessions.ts';
import { signInPage } from './sign-in.ts';
import { signOutPage } from './sign-out.ts';
import { signUpPage } from './sign-up.ts';
import { signedOutPage } from './signed-out.ts';
import type { Pages } from './views.ts';

/** The pages as they come; replace any of them with a function of your own: `{ ...defaultPages, signIn }`. */
export const defaultPages: Pages = {
  home: homePage,
  signIn: signInPage,
  signUp: signUpPage,
  accountChoice: accountChoicePage,
  consent: consentPage,
  apps: appsPage,
  sessions: sessionsPage,
  signOut: signOutPage,
  signedOut: signedOutPage,
  formPost: formPostPage,
  interstitial: interstitialPage,
  error: errorPage,
};
