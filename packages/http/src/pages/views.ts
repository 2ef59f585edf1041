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
}

/** `wrong` never tells whether the account exists. */
export type SignInProblem =
  | { readonly kind: 'wrong' }
  | { readonly kind: 'throttled'; readonly retryAt: number };

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
  };
  readonly person: PersonView;
  readonly newScopes: readonly ScopeView[];
  /** Allowed before; asked for again. */
  readonly knownScopes: readonly ScopeView[];
  readonly resources: readonly string[];
  readonly ticket: string;
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
  }[];
}

export interface SignOutView {
  readonly person: PersonView | null;
  readonly ticket: string;
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
  readonly consent: (view: ConsentView, frame: Frame) => Html;
  readonly apps: (view: AppsView, frame: Frame) => Html;
  readonly sessions: (view: SessionsView, frame: Frame) => Html;
  readonly signOut: (view: SignOutView, frame: Frame) => Html;
  readonly signedOut: (frame: Frame) => Html;
  readonly error: (view: ErrorView, frame: Frame) => Html;
}

/** A whole document. */
export type Html = string | Promise<string>;
