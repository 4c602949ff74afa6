import type { OperationContext } from 'urql';

/** The service worker keeps the response to a query with this header; its value is the name in the cache. */
const HEADER = 'x-offline';

/** For public queries only: another person on this device can read what is kept. */
export const keptOffline = (name: string): Partial<OperationContext> => ({
  fetchOptions: { headers: { [HEADER]: name } },
});

/** Asks again for what was asked before there was a service worker, so that it is kept at the first visit. */
export const askAgainWithWorker = (input: RequestInfo | URL, init: RequestInit): void => {
  const { serviceWorker } = navigator;
  if (!serviceWorker || serviceWorker.controller || !new Headers(init.headers).has(HEADER)) return;
  // A response that is not read would hold its connection.
  const ask = () =>
    void fetch(input, { ...init, signal: null })
      .then((response) => response.text())
      .catch(() => {});
  serviceWorker.addEventListener('controllerchange', ask, { once: true });
};

/** Without it, as over plain HTTP, the page needs the network. */
export const startServiceWorker = (): void => {
  navigator.serviceWorker?.register('/service-worker.js').catch(() => {});
};
