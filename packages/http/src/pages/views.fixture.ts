import type {
  AccountChoiceView,
  AppsView,
  ConsentView,
  DetailView,
  ErrorView,
  FormPostView,
  Frame,
  HomeView,
  InterstitialView,
  PersonView,
  SessionsView,
  SignedOutView,
  SignInView,
  SignOutView,
  SignUpView,
} from './views.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const now = Date.UTC(2026, 2, 14, 9, 26);

export const frame = (overrides: Partial<Frame> = {}): Frame => ({
  base: '',
  brand: 'Valetkey',
  stylesheet: '/assets/pages.css',
  now,
  ...overrides,
});

const person = (overrides: Partial<PersonView> = {}): PersonView => ({
  name: 'Maya Lindqvist',
  username: 'maya@example.com',
  ...overrides,
});

export const home = (overrides: Partial<HomeView> = {}): HomeView => ({
  issuer: 'https://id.example',
  person: null,
  ...overrides,
});

export const signIn = (overrides: Partial<SignInView> = {}): SignInView => ({
  client: { name: 'Print Shop', homepage: 'https://print.example/' },
  ticket: 'vkt1_ticket',
  username: '',
  problem: null,
  ...overrides,
});

export const signUp = (overrides: Partial<SignUpView> = {}): SignUpView => ({
  client: { name: 'Print Shop', homepage: 'https://print.example/' },
  ticket: 'vkt1_ticket',
  username: '',
  name: '',
  problem: null,
  ...overrides,
});

export const accountChoice = (overrides: Partial<AccountChoiceView> = {}): AccountChoiceView => ({
  client: { name: 'Print Shop', homepage: 'https://print.example/' },
  person: person(),
  ticket: 'vkt1_ticket',
  ...overrides,
});

export const consentClient = (overrides: Partial<ConsentView['client']> = {}): ConsentView['client'] => ({
  name: 'Print Shop',
  homepage: 'https://print.example/',
  redirectHost: 'print.example',
  loopback: false,
  unverified: false,
  documentHost: null,
  changed: false,
  policyUri: null,
  tosUri: null,
  ...overrides,
});

export const consent = (overrides: Partial<ConsentView> = {}): ConsentView => ({
  client: consentClient(),
  person: person(),
  newScopes: [
    { name: 'photos.read', description: 'see your photos' },
    { name: 'albums.write', description: 'add to and change your albums' },
  ],
  knownScopes: [],
  resources: ['Photos'],
  details: [],
  ticket: 'vkt1_ticket',
  ...overrides,
});

export const detail = (overrides: Partial<DetailView> = {}): DetailView => ({
  type: 'payment_initiation',
  title: 'Make a payment',
  facts: [
    { label: 'Amount', value: '123.50 EUR' },
    { label: 'To', value: 'Merchant A, DE02 1001 0010 9307 1186 03' },
  ],
  ...overrides,
});

export const app = (overrides: Partial<AppsView['apps'][number]> = {}): AppsView['apps'][number] => ({
  clientId: 'print-shop',
  name: 'Print Shop',
  homepage: 'https://print.example/',
  scopes: [
    { name: 'photos.read', description: 'see your photos' },
    { name: 'albums.write', description: 'add to and change your albums' },
  ],
  since: now - 70 * DAY,
  lastUsed: now - 130 * MINUTE,
  ...overrides,
});

export const apps = (overrides: Partial<AppsView> = {}): AppsView => ({
  person: person(),
  ticket: 'vkt1_ticket',
  apps: [
    app(),
    app({
      clientId: 'agent',
      name: 'Inbox Agent',
      homepage: null,
      scopes: [{ name: 'mail.read', description: 'read your mail' }],
      since: now - 3 * DAY,
      lastUsed: null,
    }),
  ],
  accessTokenMinutes: 10,
  disconnected: null,
  ...overrides,
});

export const session = (
  overrides: Partial<SessionsView['sessions'][number]> = {},
): SessionsView['sessions'][number] => ({
  id: 's1',
  current: true,
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0',
  address: '2001:db8::4a:17',
  openedAt: now - 9 * DAY,
  authenticatedAt: now - 40 * MINUTE,
  apps: [],
  ...overrides,
});

export const sessions = (overrides: Partial<SessionsView> = {}): SessionsView => ({
  person: person(),
  ticket: 'vkt1_ticket',
  sessions: [
    session({
      apps: [
        { name: 'Print Shop', homepage: 'https://print.example/' },
        { name: 'Inbox Agent', homepage: null },
      ],
    }),
    session({
      id: 's2',
      current: false,
      userAgent:
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 Version/18.3 Safari/604.1',
      address: '203.0.113.9',
      openedAt: now - 2 * DAY,
      authenticatedAt: now - 2 * DAY,
    }),
  ],
  ...overrides,
});

export const signOut = (overrides: Partial<SignOutView> = {}): SignOutView => ({
  person: person(),
  client: null,
  ticket: 'vkt1_ticket',
  ...overrides,
});

export const signedOut = (overrides: Partial<SignedOutView> = {}): SignedOutView => ({
  client: null,
  frames: [],
  continue: null,
  ...overrides,
});

export const formPost = (overrides: Partial<FormPostView> = {}): FormPostView => ({
  action: 'https://print.example/cb',
  fields: [
    ['code', 'vkc1_code'],
    ['state', 'af0ifjsldkj'],
    ['iss', 'https://id.example'],
  ],
  clientName: 'Print Shop',
  ...overrides,
});

export const interstitial = (overrides: Partial<InterstitialView> = {}): InterstitialView => ({
  clientName: 'Print Shop',
  host: 'print.example',
  href: 'https://print.example/cb?error=invalid_scope',
  title: 'The app asked for a scope that does not exist.',
  code: 'invalid_scope',
  reference: 'ref_01JPA6V3N8',
  ...overrides,
});

export const error = (overrides: Partial<ErrorView> = {}): ErrorView => ({
  status: 400,
  title: 'Print Shop sent you here with a wrong address',
  advice:
    'It asked to get you back at an address that is not registered for it. Only the makers of Print Shop can put this right: tell them, and quote the reference below.',
  code: 'invalid_redirect_uri',
  reference: 'ref_01JPA6V3N8',
  link: { href: 'https://print.example/', label: 'Go back to Print Shop' },
  ...overrides,
});
