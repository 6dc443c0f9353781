// Which page belongs to which address, and who may see any: without a session the server's own page is the way in.

import { lazy, Suspense } from 'react';
import { Route, Routes } from 'react-router';
import { useSession } from './api/session.ts';
import { NotFound } from './pages/not-found.tsx';
import { Failed, Loading } from './parts/states.tsx';
import { Shell } from './shell/shell.tsx';

const Overview = lazy(() => import('./pages/overview/overview.tsx'));
const Journeys = lazy(() => import('./pages/journeys.tsx'));
const Journey = lazy(() => import('./pages/journey/journey.tsx'));
const Editor = lazy(() => import('./pages/editor/editor.tsx'));
const People = lazy(() => import('./pages/people.tsx'));
const Person = lazy(() => import('./pages/person/person.tsx'));
const Messages = lazy(() => import('./pages/messages/messages.tsx'));
const Sandbox = lazy(() => import('./pages/sandbox/sandbox.tsx'));
const Segments = lazy(() => import('./pages/segments.tsx'));
const Settings = lazy(() => import('./pages/settings/settings.tsx'));

export function App() {
  const session = useSession();
  if (session.isPending) return <Loading />;
  if (session.data === undefined) return <Failed error={session.error} again={() => void session.refetch()} />;
  return (
    <Suspense fallback={<Loading />}>
      <Routes>
        <Route element={<Shell />}>
          <Route index element={<Overview />} />
          <Route path="journeys" element={<Journeys />} />
          <Route path="journeys/:id" element={<Journey />} />
          <Route path="journeys/:id/edit" element={<Editor />} />
          <Route path="people" element={<People />} />
          <Route path="people/:id" element={<Person />} />
          <Route path="messages/:id?" element={<Messages />} />
          <Route path="sandbox/:id?" element={<Sandbox />} />
          <Route path="segments" element={<Segments />} />
          <Route path="settings/:tab?" element={<Settings />} />
          <Route path="*" element={<NotFound />} />
        </Route>
      </Routes>
    </Suspense>
  );
}
