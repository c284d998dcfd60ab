// Chromium's virtual authenticators: real ceremonies, with keys that a test can look at.

/**
 * Gives the page an authenticator that verifies its user, unless told otherwise.
 * @param {import('playwright-core').Page} page
 * @param {object} [options] as CDP's `WebAuthn.VirtualAuthenticatorOptions`
 */
export async function authenticator(page, options = {}) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      ...options,
    },
  });
  const send = (method, more = {}) => cdp.send(`WebAuthn.${method}`, { authenticatorId, ...more });
  return {
    /** What it holds, the private keys too. */
    keys: async () => (await send('getCredentials')).credentials,
    put: (credential) => send('addCredential', { credential }),
    forget: (credentialId) => send('removeCredential', { credentialId }),
    verifies: (isUserVerified) => send('setUserVerified', { isUserVerified }),
    remove: () => send('removeVirtualAuthenticator'),
  };
}
