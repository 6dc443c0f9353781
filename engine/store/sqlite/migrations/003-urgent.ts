// Who is urgent is found without passing by everybody else who is due.

export const urgent = `
CREATE INDEX queue_urgent ON queue (wake_at, person) WHERE lane = 'transactional' AND wake_at IS NOT NULL;
`;
