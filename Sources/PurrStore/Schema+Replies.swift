extension Schema {
    /// How messages were judged, what that did, and what a person says of it; subjects that a company has seen.
    static let replies = """
        ALTER TABLE inbound ADD COLUMN judgement TEXT NOT NULL DEFAULT ''; -- JSON
        ALTER TABLE inbound ADD COLUMN judged_at {int} NOT NULL DEFAULT 0; -- ms
        CREATE INDEX inbound_judged ON inbound (received_at, id) WHERE state = 'judged';

        CREATE TABLE inbound_match (                  -- whose a message is, and by which rung
            inbound_id    {int} NOT NULL REFERENCES inbound (id) ON DELETE CASCADE,
            enrollment_id {int} NOT NULL REFERENCES enrollment (id),
            rung          {int} NOT NULL,
            evidence      TEXT  NOT NULL,
            is_only_noted {int} NOT NULL DEFAULT 0,
            PRIMARY KEY (inbound_id, enrollment_id)
        ){strict};
        CREATE INDEX inbound_match_enrollment ON inbound_match (enrollment_id);

        CREATE TABLE inbound_effect (                 -- what a message did, so that it can be taken back
            id            {id},
            inbound_id    {int} NOT NULL REFERENCES inbound (id) ON DELETE CASCADE,
            kind          TEXT  NOT NULL,             -- ended, held, waiting, suppressed, fact, address, task
            enrollment_id {int} NOT NULL DEFAULT 0,
            subject       TEXT  NOT NULL DEFAULT '',  -- the address, the step and fact, or the task
            earlier       TEXT  NOT NULL DEFAULT '',  -- JSON: how the enrollment stood before
            at            {int} NOT NULL,             -- ms
            undone_at     {int} NOT NULL DEFAULT 0    -- ms
        ){strict};
        CREATE INDEX inbound_effect_message ON inbound_effect (inbound_id);

        CREATE TABLE reclassification (               -- a person's word against a judgement
            id             {id},
            inbound_id     {int} NOT NULL REFERENCES inbound (id) ON DELETE CASCADE,
            from_judgement TEXT  NOT NULL,            -- JSON
            to_judgement   TEXT  NOT NULL,            -- JSON
            at             {int} NOT NULL,            -- ms
            undone_at      {int} NOT NULL DEFAULT 0   -- ms
        ){strict};
        CREATE INDEX reclassification_message ON reclassification (inbound_id);

        CREATE TABLE company_subject (                -- what a company was written, and about what
            company       TEXT  NOT NULL,             -- @domain
            subject       TEXT  NOT NULL,             -- without Re: and the like, in small letters
            enrollment_id {int} NOT NULL REFERENCES enrollment (id),
            sent_at       {int} NOT NULL,             -- ms, the last such mail
            PRIMARY KEY (company, subject, enrollment_id)
        ){strict};
        """
}
