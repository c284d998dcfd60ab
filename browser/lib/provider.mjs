// A real OpenID Connect provider (npm `oidc-provider`) on a free port of this machine, whose answers a test can bend.
import { createHmac, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';

export const CLIENT = { id: 'cairn-of-the-test', secret: 'secret-of-the-test-0123456789abcdef' };

const read = (part) => JSON.parse(Buffer.from(part, 'base64url'));
const written = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * Starts one. Its issuer is `http://localhost:port`, another site than 127.0.0.1.
 * @returns {Promise<object>} `issuer`; `people`: claims by account; `who`: who is signed in there; `bend`: what is done to its
 *   answers (`token(idToken, tools)`, `back(url)`); `asked`: paths that it was asked for; `allow(...urls)`; `stop()`
 */
export async function startProvider() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'test', use: 'sig', alg: 'RS256' };
  const it = { people: {}, who: '', bend: {}, asked: [], methods: undefined };
  let answer;
  const server = createServer((request, response) => {
    it.asked.push(new URL(request.url, 'http://x').pathname);
    if (!answer) response.writeHead(503).end();
    else answer(request, response);
  });
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  it.issuer = `http://localhost:${server.address().port}`;

  /** ID tokens as a test wants them: signed by the provider's key, by nobody, or with our secret. */
  it.tools = {
    read: (token) => read(token.split('.')[1]),
    signed: (claims) => {
      const body = `${written({ alg: 'RS256', kid: 'test', typ: 'JWT' })}.${written(claims)}`;
      return `${body}.${sign('RSA-SHA256', Buffer.from(body), createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))).toString('base64url')}`;
    },
    unsigned: (claims) => `${written({ alg: 'none' })}.${written(claims)}.`,
    hmac: (claims) => {
      const body = `${written({ alg: 'HS256', typ: 'JWT' })}.${written(claims)}`;
      return `${body}.${createHmac('sha256', CLIENT.secret).update(body).digest('base64url')}`;
    },
  };

  it.allow = async (...urls) => {
    // It says to the console what a production site must not do.
    const { warn, info } = console;
    console.warn = () => {};
    console.info = () => {};
    const { default: Provider } = await import('oidc-provider');
    const provider = new Provider(it.issuer, {
      clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: urls.map((url) => `${url}/sign-in/oidc/callback`), token_endpoint_auth_method: 'client_secret_basic' }],
      jwks: { keys: [jwk] },
      cookies: { keys: ['cookies-of-the-test'] },
      claims: { openid: ['sub'], profile: ['name', 'preferred_username'], groups: ['groups'] },
      scopes: ['openid', 'profile', 'groups'],
      conformIdTokenClaims: false,
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
      ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 60, Interaction: 600, Session: 600 },
      findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, ...it.people[accountId] }) }),
    });
    console.warn = warn;
    console.info = info;
    provider.use(async (ctx, next) => {
      await next();
      if (ctx.path === '/token' && ctx.body?.id_token && it.bend.token) {
        ctx.body = { ...ctx.body, id_token: it.bend.token(ctx.body.id_token, it.tools) };
      }
      const back = ctx.response.get('location') ?? '';
      if (urls.some((url) => back.startsWith(url)) && it.bend.back) {
        const address = new URL(back);
        it.bend.back(address.searchParams);
        ctx.set('location', address.href);
      }
    });
    const own = provider.callback();
    answer = async (request, response) => {
      if (!request.url.startsWith('/interaction/')) return own(request, response);
      // Whoever the test says has signed in and agreed.
      const { prompt, params, grantId } = await provider.interactionDetails(request, response);
      if (prompt.name === 'login') {
        return provider.interactionFinished(request, response, { login: { accountId: it.who, amr: it.methods } });
      }
      const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: it.who, clientId: params.client_id });
      grant.addOIDCScope('openid profile groups');
      return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
    };
  };
  it.stop = () => new Promise((resolve) => {
    server.closeAllConnections();
    server.close(resolve);
  });
  return it;
}
