// A journey's files beside its picture, each following what is selected in the other; checked as one types, its specs run,
// played with invented people, and published as a new version.

import { Alert, Badge, Button, Group, Modal, ScrollArea, Stack, Tabs, Text, Tooltip } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconAlertTriangle, IconArrowLeft, IconFlask, IconUpload } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { ApiError } from '../../api/client.ts';
import { type Files, type Source, useLook, usePublish, useSimulation, useSource, useSpecs } from '../../api/drafts.ts';
import { useMay } from '../../api/session.ts';
import type { Picture } from '../../canvas/picture.ts';
import { Answer, Loading, PageHead } from '../../parts/states.tsx';
import { tellDone, tellFailed } from '../../parts/tell.ts';
import { exactly } from '../../shell/format.ts';
import { ChangesInWords } from './changes.tsx';
import classes from './editor.module.css';
import { PlayedFigures, playedCounts } from './played.tsx';
import { SpecResults } from './specs.tsx';

const Canvas = lazy(() => import('../../canvas/journey-canvas.tsx'));
const Code = lazy(() => import('../../editor/code.tsx'));

export default function EditorPage() {
  const { id = '' } = useParams();
  const source = useSource(id);
  return <Answer of={source}>{(data) => <Editor key={`${id} ${data.version}`} id={id} source={data} />}</Answer>;
}

const kindOf = (file: string): 'journey' | 'spec' | null =>
  file === 'journey.yaml' ? 'journey' : file === 'journey.spec.yaml' ? 'spec' : null;

function Editor({ id, source }: { id: string; source: Source }) {
  const { t } = useTranslation();
  const may = useMay();
  const [files, setFiles] = useState<Files>(source.files);
  const [file, setFile] = useState('journey.yaml');
  const [line, setLine] = useState<number | null>(null);
  const show = (name: string, at: number | null) => {
    setFile(name);
    setLine(at);
  };
  const [publishing, setPublishing] = useState(false);
  const [settled] = useDebouncedValue(files, 350);
  const look = useLook(id, settled);
  const errors = (look.data?.faults ?? []).filter(({ severity }) => severity === 'error');
  const specs = useSpecs(id, look.data !== undefined && errors.length === 0 ? settled : null);
  const simulation = useSimulation(id);
  const picture = useLastPicture(look.data?.picture ?? null);
  const edited = Object.keys(files).some((name) => files[name] !== source.files[name]);
  useWarning(edited);
  const step = useMemo(() => stepAt(picture, file, line), [picture, file, line]);
  const faults = useMemo(() => (look.data?.faults ?? []).filter((one) => one.file === file), [look.data, file]);
  const played = simulation.data;
  const counts = useMemo(
    () => (played === undefined || picture === null ? undefined : playedCounts(played, picture)),
    [played, picture],
  );
  const names = Object.keys(files).sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  return (
    <div className={classes.page}>
      <PageHead
        title={id}
        note={t('editor.version', {
          number: source.number,
          at: exactly(source.deployedAt),
          author: source.author ?? t('editor.folder'),
        })}
      >
        <Button component={Link} to={`/journeys/${id}`} variant="default" leftSection={<IconArrowLeft size={16} />}>
          {t('editor.back')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconFlask size={16} />}
          disabled={errors.length > 0}
          loading={simulation.isPending}
          onClick={() => simulation.mutate(files, { onError: tellFailed })}
        >
          {t('editor.simulate')}
        </Button>
        <Tooltip label={t('editor.authorsOnly')} disabled={may.author}>
          <Button
            leftSection={<IconUpload size={16} />}
            disabled={!edited || errors.length > 0 || !may.author}
            onClick={() => setPublishing(true)}
          >
            {t('editor.publish')}
          </Button>
        </Tooltip>
      </PageHead>
      <div className={classes.halves}>
        <section className={classes.text} aria-label={t('editor.text')}>
          <Tabs value={file} onChange={(name) => show(name ?? 'journey.yaml', null)} variant="pills" mb="xs">
            <ScrollArea type="never">
              <Tabs.List style={{ flexWrap: 'nowrap' }}>
                {names.map((name) => {
                  const wrong = (look.data?.faults ?? []).some((one) => one.file === name && one.severity === 'error');
                  return (
                    <Tabs.Tab
                      key={name}
                      value={name}
                      px="sm"
                      py={6}
                      rightSection={wrong ? <IconAlertTriangle size={14} aria-label={t('editor.hasErrors')} /> : null}
                    >
                      {name}
                      {files[name] === source.files[name] ? '' : ' •'}
                    </Tabs.Tab>
                  );
                })}
              </Tabs.List>
            </ScrollArea>
          </Tabs>
          <div className={classes.code}>
            <Suspense fallback={<Loading />}>
              <Code
                key={file}
                text={files[file] ?? ''}
                kind={kindOf(file)}
                faults={faults}
                line={line}
                readOnly={!may.author}
                label={t('editor.fileOf', { file, id })}
                onChange={(text) => setFiles((all) => ({ ...all, [file]: text }))}
                onLine={setLine}
              />
            </Suspense>
          </div>
          <Faults faults={look.data?.faults ?? []} onPick={show} />
        </section>
        <section className={classes.side} aria-label={t('editor.picture')}>
          <div className={classes.canvas}>
            <Suspense fallback={<Loading />}>
              {picture !== null && (
                <Canvas
                  picture={picture}
                  {...(counts && { counts })}
                  selected={step}
                  name={id}
                  onSelect={(one) => {
                    const at = picture.nodes.find((node) => node.id === one)?.line ?? null;
                    if (at === null) return;
                    setFile('journey.yaml');
                    setLine(at);
                  }}
                />
              )}
            </Suspense>
          </div>
          <SpecResults answer={specs} onPick={(at) => show('journey.spec.yaml', at)} />
          {played !== undefined && <PlayedFigures played={played} />}
        </section>
      </div>
      {look.data !== undefined && (
        <Publish
          id={id}
          source={source}
          files={files}
          changes={<ChangesInWords look={look.data} />}
          opened={publishing}
          onClose={() => setPublishing(false)}
        />
      )}
    </div>
  );
}

const rank = (name: string): number => (name === 'journey.yaml' ? 0 : name === 'journey.spec.yaml' ? 1 : 2);

/** The last picture that could be drawn: an error half typed does not blank the canvas. */
function useLastPicture(now: Picture | null): Picture | null {
  const [last, setLast] = useState(now);
  useEffect(() => {
    if (now !== null) setLast(now);
  }, [now]);
  return now ?? last;
}

function useWarning(edited: boolean): void {
  useEffect(() => {
    if (!edited) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [edited]);
}

/** The step whose text the cursor stands in. */
function stepAt(picture: Picture | null, file: string, line: number | null): string | null {
  if (picture === null || line === null || file !== 'journey.yaml') return null;
  const before = picture.nodes.filter((node) => node.line !== null && node.line <= line);
  return (
    before.reduce<Picture['nodes'][number] | null>(
      (best, node) => (best === null || (node.line ?? 0) >= (best.line ?? 0) ? node : best),
      null,
    )?.id ?? null
  );
}

interface FaultsProps {
  readonly faults: readonly {
    code: string;
    message: string;
    severity: string;
    file: string;
    line: number;
    column: number;
  }[];
  readonly onPick: (file: string, line: number) => void;
}

function Faults({ faults, onPick }: FaultsProps) {
  const { t } = useTranslation();
  if (faults.length === 0)
    return (
      <Text size="sm" c="dimmed" mt="xs" role="status">
        {t('editor.noFaults')}
      </Text>
    );
  return (
    <ScrollArea.Autosize mah={150} mt="xs" role="status">
      <Stack gap={4}>
        {faults.map((fault) => (
          <button
            type="button"
            key={`${fault.file}${fault.line}${fault.column}${fault.message}`}
            className={classes.fault}
            onClick={() => onPick(fault.file, fault.line)}
          >
            <Badge size="sm" variant="light" color={fault.severity === 'error' ? 'red' : 'yellow'} tt="none">
              {fault.file}:{fault.line}
            </Badge>
            <span>{fault.message}</span>
          </button>
        ))}
      </Stack>
    </ScrollArea.Autosize>
  );
}

interface PublishProps {
  readonly id: string;
  readonly source: Source;
  readonly files: Files;
  readonly changes: React.ReactNode;
  readonly opened: boolean;
  readonly onClose: () => void;
}

function Publish({ id, source, files, changes, opened, onClose }: PublishProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const publish = usePublish(id);
  const stale = publish.error instanceof ApiError && publish.error.code === 'E_STALE';
  const go = (force: boolean) =>
    publish.mutate(
      { files, parent: source.version, force },
      {
        onSuccess: ({ number, changed }) => {
          onClose();
          tellDone(changed ? t('editor.published', { number }) : t('editor.publishedTemplates'));
          void navigate(`/journeys/${id}`);
        },
      },
    );
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('editor.publishTitle', { id })}
      size="lg"
      closeButtonProps={{ 'aria-label': t('action.cancel') }}
    >
      {changes}
      {publish.error !== null && (
        <Alert color="red" variant="light" mt="md" role="alert" title={stale ? t('editor.stale') : t('state.failed')}>
          {publish.error.message}
        </Alert>
      )}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        {stale ? (
          <Button color="red" loading={publish.isPending} onClick={() => go(true)}>
            {t('editor.force')}
          </Button>
        ) : (
          <Button loading={publish.isPending} onClick={() => go(false)}>
            {t('editor.publish')}
          </Button>
        )}
      </Group>
    </Modal>
  );
}
