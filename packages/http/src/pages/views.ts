/**
 * What each page is given. A page is a function from its view to HTML; whoever wants another look replaces the function
 * (`Pages`) and keeps the view. Views hold plain text: the page escapes it. Instants are milliseconds since the epoch.
 */

export interface Frame {
  /** Path prefix of the issuer, without trailing slash: '' or '/tenant'. Form actions and links begin with it. */
  readonly base: string;
  /** Name of the authorization server, as configured; shown small at the foot and in titles. */
  readonly brand: string;
  /** URL path of the style sheet (same origin). */
  readonly stylesheet: string;
  readonly now: number;
}

export interface SignInView {
  /** The app one is going to; `null` when signing in to one's own account pages. */
  readonly client: { readonly name: string; readonly homepage: string | null } | null;
  /** Sealed; posted back as `ticket`. */
  readonly ticket: string;
  /** Fills the field: a login hint or what was typed before. */
  readonly username: string;
  readonly problem: SignInProblem | null;
  /** Whether a person may open an account here. */
  readonly signUp?: boolean;
}

/** `wrong` never tells whether the account exists. */
export type SignInProblem =
  | { readonly kind: 'wrong' }
  | { readonly kind: 'throttled'; readonly retryAt: number };

/** Opening an account; `prompt=create` leads here too. */
export interface SignUpView {
  /** The app one is going to; `null` when one came for one's own account. */
  readonly client: { readonly name: string; readonly homepage: string | null } | null;
  /** Sealed; posted back as `ticket`. */
  readonly ticket: string;
  /** What was typed before fills the fields, but for the password. */
  readonly username: string;
  readonly name: string;
  readonly problem: SignUpProblem | null;
}

export type SignUpProblem =
  | { readonly kind: 'taken' }
  /** `least`: characters that a password must have. */
  | { readonly kind: 'weak'; readonly least: number }
  /** The two passwords differ. */
  | { readonly kind: 'mismatch' }
  /** The name or the username is missing or cannot be used. */
  | { readonly kind: 'name' }
  | { readonly kind: 'throttled'; readonly retryAt: number };

/** `prompt=select_account`: the account of this browser's session, or another. */
export interface AccountChoiceView {
  readonly client: { readonly name: string; readonly homepage: string | null } | null;
  readonly person: PersonView;
  /** Sealed; posted back as `ticket`. */
  readonly ticket: string;
}

export interface ScopeView {
  readonly name: string;
  /** A plain phrase that fits after "Print Shop wants to": "see your photos". */
  readonly description: string;
}

export interface PersonView {
  readonly name: string;
  readonly username: string;
}

export interface ConsentView {
  readonly client: {
    readonly name: string;
    readonly homepage: string | null;
    /** Host that gets the answer, as `print.example` or `localhost:9002`. */
    readonly redirectHost: string;
    /** The answer goes to the person's own machine. */
    readonly loopback: boolean;
    /** Nobody but the app itself vouches for its name. */
    readonly unverified: boolean;
    /** Host of a client whose id is the URL of its metadata. */
    readonly documentHost: string | null;
    /** Its addresses or keys are not what they were when the person allowed it. */
    readonly changed: boolean;
    readonly policyUri: string | null;
    readonly tosUri: string | null;
  };
  readonly person: PersonView;
  readonly newScopes: readonly ScopeView[];
  /** Allowed before; asked for again. */
  readonly knownScopes: readonly ScopeView[];
  readonly resources: readonly string[];
  /** What the app asks for one by one: a payment, one account (RFC 9396). */
  readonly details: readonly DetailView[];
  readonly ticket: string;
}

/** One authorization detail, in words. */
export interface DetailView {
  readonly type: string;
  /** Shown above the facts; the type stands in for an empty one. */
  readonly title: string;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
}

export interface AppsView {
  readonly person: PersonView;
  readonly ticket: string;
  readonly apps: readonly {
    readonly clientId: string;
    readonly name: string;
    readonly homepage: string | null;
    readonly scopes: readonly ScopeView[];
    readonly since: number;
    readonly lastUsed: number | null;
  }[];
  /** How long an access token that is already out may still work at APIs that do not ask back. */
  readonly accessTokenMinutes: number;
  /** Name of an app that was just disconnected. */
  readonly disconnected: string | null;
}

export interface SessionsView {
  readonly person: PersonView;
  readonly ticket: string;
  readonly sessions: readonly {
    readonly id: string;
    readonly current: boolean;
    readonly userAgent: string;
    readonly address: string;
    readonly openedAt: number;
    readonly authenticatedAt: number;
    /** Apps that are signed in with this session. */
    readonly apps: readonly { readonly name: string; readonly homepage: string | null }[];
  }[];
}

export interface SignOutView {
  readonly person: PersonView | null;
  /** The app that asks (OpenID Connect RP-Initiated Logout); `null` when the person came alone. */
  readonly client: { readonly name: string; readonly homepage: string | null } | null;
  readonly ticket: string;
}

export interface SignedOutView {
  /** The app that asked, and where it is at home. */
  readonly client: { readonly name: string; readonly href: string | null } | null;
  /** Addresses that clear the apps' own sessions when they are loaded (OpenID Connect Front-Channel Logout). */
  readonly frames: readonly string[];
  /** Where the browser goes on to once the frames are loaded, and where a link leads. */
  readonly continue: string | null;
}

/** The answer to an app, as a form that the browser posts (OAuth 2.0 Form Post Response Mode). */
export interface FormPostView {
  /** The redirect URI. */
  readonly action: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly clientName: string;
}

/** In place of an error redirect to an app nobody vouches for: the person decides whether to go there. */
export interface InterstitialView {
  readonly clientName: string;
  /** Host that gets the answer, as `print.example` or `localhost:9002`. */
  readonly host: string;
  /** Where the error redirect would have gone. */
  readonly href: string;
  /** What happened, one short sentence. */
  readonly title: string;
  /** Machine-readable code as text: `invalid_scope`. */
  readonly code: string;
  /** To quote to the operator; `null` when there is nothing in the log. */
  readonly reference: string | null;
}

export interface ErrorView {
  readonly status: number;
  /** What happened, one short sentence. */
  readonly title: string;
  /** Whose turn it is and what to do now. */
  readonly advice: string;
  /** Machine-readable code as text: `invalid_request`. */
  readonly code: string;
  /** To quote to the operator; `null` when there is nothing in the log. */
  readonly reference: string | null;
  /** A way on, if one is known: "Start again at Print Shop". */
  readonly link: { readonly href: string; readonly label: string } | null;
}

export interface HomeView {
  readonly issuer: string;
  readonly person: PersonView | null;
}

export interface Pages {
  readonly home: (view: HomeView, frame: Frame) => Html;
  readonly signIn: (view: SignInView, frame: Frame) => Html;
  readonly signUp: (view: SignUpView, frame: Frame) => Html;
  readonly accountChoice: (view: AccountChoiceView, frame: Frame) => Html;
  readonly consent: (view: ConsentView, frame: Frame) => Html;
  readonly apps: (view: AppsView, frame: Frame) => Html;
  readonly sessions: (view: SessionsView, frame: Frame) => Html;
  readonly signOut: (view: SignOutView, frame: Frame) => Html;
  readonly signedOut: (view: SignedOutView, frame: Frame) => Html;
  readonly formPost: (view: FormPostView, frame: Frame) => Html;
  readonly interstitial: (view: InterstitialView, frame: Frame) => Html;
  readonly error: (view: ErrorView, frame: Frame) => Html;
}

/** A whole document. */
export type Html = string | Promise<string>;
