extension Schema {
    /// What a person must know of at once, whom it is said to, and whether it was said.
    static let alarms = """
        CREATE TABLE alarm_target (                   -- where alarms go
            name       TEXT  NOT NULL PRIMARY KEY,
            kind       TEXT  NOT NULL,                -- mail, webhook, command
            document   TEXT  NOT NULL,                -- JSON: addresses, URL, argv, limits; no secrets
            secret     {bytes} NOT NULL,              -- sealed, empty for none; the key is not in here
            created_at {int} NOT NULL
        ){strict};

        CREATE TABLE alarm (                          -- a condition that holds or held
            id         {id},
            kind       TEXT  NOT NULL,
            subject    TEXT  NOT NULL,                -- what it is about: a mailbox, a reason; '' for all
            text       TEXT  NOT NULL,                -- one sentence: what
            advice     TEXT  NOT NULL,                -- one sentence: what to do
            raised_at  {int} NOT NULL,                -- ms
            cleared_at {int} NOT NULL DEFAULT 0       -- ms, 0 while it holds
        ){strict};
        CREATE UNIQUE INDEX alarm_open ON alarm (kind, subject) WHERE cleared_at = 0;

        CREATE TABLE alarm_delivery (                 -- one message to one target, written before it leaves
            id       {id},
            alarm_id {int} NOT NULL REFERENCES alarm (id) ON DELETE CASCADE,
            event    TEXT  NOT NULL,                  -- raised, cleared, test
            target   TEXT  NOT NULL,
            state    TEXT  NOT NULL DEFAULT 'due',    -- due, sending, queued, delivered, unknown, failed, dropped
            attempts {int} NOT NULL DEFAULT 0,
            due_at   {int} NOT NULL,                  -- ms
            began_at {int} NOT NULL DEFAULT 0,        -- ms, the first attempt
            done_at  {int} NOT NULL DEFAULT 0,        -- ms
            outcome  TEXT  NOT NULL DEFAULT '',       -- what the other side said last
            UNIQUE (alarm_id, event, target)
        ){strict};
        CREATE INDEX alarm_delivery_open ON alarm_delivery (id)
            WHERE state IN ('due', 'sending', 'queued');

        ALTER TABLE mailbox ADD COLUMN failure_reason TEXT NOT NULL DEFAULT '';
        CREATE INDEX enrollment_held ON enrollment (mailbox_id, reason) WHERE state = 'held';
        """
}
