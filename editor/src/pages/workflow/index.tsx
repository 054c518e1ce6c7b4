/** The editor of one workflow. Its parts live in this folder and load as one chunk; the shell knows only `WorkflowPage`. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCatalog } from '@/api/catalog';
import { useMay } from '@/api/organisation';
import { getWorkflow } from '@/api/workflows';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import type { Catalog } from '@/model';
import { PageBones } from '@/ui/PageBones';
import { PageHead } from '@/ui/PageHead';
import { ProblemView } from '@/ui/ProblemView';
import { Editor } from './Editor';

export function WorkflowPage() {
  const { t } = useTranslation(['editor', 'workflows', 'model', 'blocks']);
  const lang = useLang();
  const { workflowId } = useParams({ from: '/frame/workflows/$workflowId' });
  const mayEdit = useMay('edit');
  // The draft itself lives in a session, so what was loaded once before is never shown again.
  const found = useQuery({
    queryKey: ['workflow', workflowId],
    queryFn: () => getWorkflow(workflowId),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnMount: 'always',
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const catalog = useCatalog();
  const error = found.error ?? catalog.error;
  if (error) {
    const retry = () => void (found.isError ? found.refetch() : catalog.refetch());
    return (
      <>
        <PageHead
          title={localText(found.data?.name, lang) ?? t('workflows:nameless')}
          back={<Link to="/workflows">{t('workflows:title')}</Link>}
        />
        <ProblemView error={error} retry={retry} />
      </>
    );
  }
  if (!found.data || !catalog.data || found.isFetching) return <PageBones />;
  if (found.data.document === null || found.data.document === undefined) {
    return (
      <>
        <PageHead
          title={localText(found.data.name, lang) ?? t('workflows:nameless')}
          back={<Link to="/workflows">{t('workflows:title')}</Link>}
          lead={t('unreadable')}
        />
        <pre className="mono">{found.data.source}</pre>
      </>
    );
  }
  return (
    <Editor
      key={workflowId}
      workflow={found.data}
      catalog={catalog.data as unknown as Catalog}
      mayEdit={mayEdit}
    />
  );
}
