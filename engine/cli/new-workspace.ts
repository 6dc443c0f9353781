// What `tropa init` writes: one journey with its template and its spec, small enough to read in a minute.

export const NEW_WORKSPACE: Readonly<Record<string, string>> = {
  'tropa.yaml': `# Settings of the whole workspace. Everything has a default; see docs/language.md, section 6.
brand: { name: My shop, url: https://example.com, color: "#3B5BDB", address: "1 Main Street" }
timezone: UTC                     # when a person's own is unknown
locale: en
currency: EUR
quiet_hours: { from: 21:00, to: 09:00, then: hold }
caps:
  - { max: 1, per: day }
sources:
  shop: { type: segment, write_key: "\${WRITE_KEY:-demo}" }
`,
  'welcome/journey.yaml': `journey: welcome
title: Welcome
status: live

trigger:
  event: newsletter.joined
reenter: never

steps:
  - email: hello
  - wait_for: { opened: hello }
    within: 3d
    else:
      - email: hello-again
`,
  'welcome/hello.email.html': `subject: Welcome, {{ profile.first_name | default: "friend" }}
preheader: Good to have you
---
<!doctype html>
<p>Hello {{ profile.first_name | default: "friend" }},</p>
<p>good to have you at {{ brand.name }}. <a href="{{ brand.url }}">Have a look around</a>.</p>
<p><small>{{ brand.name }}, {{ brand.address }} · <a href="{{ message.url.unsubscribe }}">unsubscribe</a></small></p>
`,
  'welcome/hello-again.email.html': `subject: Still there?
---
<!doctype html>
<p>We wrote a few days ago. <a href="{{ brand.url }}">Here we are</a>.</p>
<p><small>{{ brand.name }}, {{ brand.address }} · <a href="{{ message.url.unsubscribe }}">unsubscribe</a></small></p>
`,
  'welcome/journey.spec.yaml': `journey: welcome
profile: { id: anna, timezone: UTC, consent: [email] }
cases:
  - name: who opens hears nothing more
    start: 2026-03-02T12:00:00Z
    script:
      - event: newsletter.joined
      - { after: 1h, opened: hello }
      - { after: 10d }
    expect:
      messages:
        - { channel: email, template: hello, at: +0m }
      outcome: completed
  - name: who does not open is asked once more
    start: 2026-03-02T12:00:00Z
    script:
      - event: newsletter.joined
      - { after: 10d }
    expect:
      messages:
        - { template: hello, at: +0m }
        - { template: hello-again, at: +3d }
`,
};
