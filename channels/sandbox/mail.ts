// What the sandbox keeps of a message: all that its recipient would have received, as JSON for the inbox to show.

import type { Instant, JsonObject, Outgoing, SandboxMail } from '../../engine/ports/channel.ts';

/** The message as it is kept, taken at `at`. */
export function mailOf(message: Outgoing, at: Instant): SandboxMail {
  return {
    id: message.id,
    person: message.person,
    channel: message.channel,
    to: message.to,
    at,
    content: contentOf(message),
  };
}

function contentOf(message: Outgoing): JsonObject {
  return {
    headers: { ...message.headers },
    actions: message.actions.map(({ label, url }) => ({ label, url })),
    html: message.html,
    text: message.text,
    urls: { ...message.urls },
    transactional: message.transactional,
    journey: message.journey,
    step: message.step,
    template: message.template,
    locale: message.locale,
  };
}
