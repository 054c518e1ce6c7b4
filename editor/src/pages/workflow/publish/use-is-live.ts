/** Whether the draft, as it stands, is what runs. Knows versions; draws nothing. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useDeferredValue, useState } from 'react';
import { type Document, equal } from '@/model';
import { useDocument, useDraftParts } from '../draft';
import { publicationQuery, versionQuery } from './requests';

interface IsLive {
  readonly isLive: boolean;
  /** The draft has just become this version. */
  readonly published: (version: number) => void;
}

export function useIsLive(): IsLive {
  const { workflow, session } = useDraftParts();
  const draft = useDeferredValue(useDocument());
  const [done, setDone] = useState<{ version: number; document: Document }>();
  // Nobody asks for it here: it is known once somebody has published or looked.
  const { data: publication } = useQuery({ ...publicationQuery(workflow.id), enabled: false });
  const version = publication ? publication.live?.version : (workflow.version ?? undefined);
  const own = done !== undefined && done.version === version ? done.document : undefined;
  const { data: live } = useQuery({
    ...versionQuery(workflow.id, version),
    enabled: version !== undefined && own === undefined,
  });
  const same = own ?? (live?.source === workflow.source ? (workflow.document as Document) : undefined);
  const published = useCallback(
    (next: number) => setDone({ version: next, document: session.document }),
    [session],
  );
  return { isLive: same !== undefined && equal(same, draft), published };
}
