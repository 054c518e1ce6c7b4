/** Starts the app: texts first, then the page. Knows how the parts are put together and nothing of theirs. */
import './app/mantine.css';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './app/app.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { watchSheets } from './api/part';
import { asApiError } from './api/problem';
import { styleNonce } from './app/nonce';
import { makeRouter } from './app/router';
import { theme, variables } from './app/theme';
import { startWorker } from './app/worker';
import { startTexts } from './i18n';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // Only a server that is away is asked again; a refusal stays one.
      retry: (count, error) => count < 2 && asApiError(error).kind === 'away',
    },
  },
});
const router = makeRouter(client);
const scheme = localStorageColorSchemeManager({ key: 'operandi.scheme' });

watchSheets();
startWorker();
await startTexts();

const place = document.getElementById('root');
if (place === null) throw new Error('index.html has no #root');
createRoot(place).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      colorSchemeManager={scheme}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      <QueryClientProvider client={client}>
        <Suspense>
          <RouterProvider router={router} />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
