// The way in: with a password, or for the first time with the link the server printed.

import {
  Alert,
  Button,
  Center,
  Code,
  Group,
  Paper,
  PasswordInput,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { ApiError } from '../api/client.ts';
import { useSignIn } from '../api/session.ts';
import { LANGUAGES, languageNow, speak } from '../i18n/index.ts';
import { Mark } from '../shell/mark.tsx';

export default function Login() {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const token = search.get('token');
  return (
    <Center mih="100dvh" p="md" component="main">
      <Stack w="100%" maw={420} gap="lg">
        <Group justify="space-between">
          <Mark />
          <SegmentedControl
            size="xs"
            aria-label={t('shell.language')}
            value={languageNow()}
            onChange={(value) => void speak(value === 'ru' ? 'ru' : 'en')}
            data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
          />
        </Group>
        <Paper withBorder p="xl">
          {token === null ? <SignIn /> : <Text>…</Text>}
        </Paper>
      </Stack>
    </Center>
  );
}

function SignIn() {
  const { t } = useTranslation();
  const signIn = useSignIn();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const needsCode = signIn.error instanceof ApiError && signIn.error.code === 'E_CODE_NEEDED';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ email: email.trim(), password, ...(code !== '' && { code: code.trim() }) });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Title order={1} size="h2">
          {t('login.title')}
        </Title>
        <TextInput
          label={t('login.email')}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label={t('login.password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {needsCode && (
          <TextInput
            label={t('login.code')}
            autoComplete="one-time-code"
            data-autofocus
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
        )}
        {signIn.error !== null && !needsCode && (
          <Alert color="red" variant="light" role="alert">
            {signIn.error.message}
          </Alert>
        )}
        <Button type="submit" loading={signIn.isPending} fullWidth>
          {t('login.go')}
        </Button>
        <Text size="xs" c="dimmed">
          {t('login.forgot')} <Code>tropa user reset EMAIL</Code>
        </Text>
      </Stack>
    </form>
  );
}
