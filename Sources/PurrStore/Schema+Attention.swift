extension Schema {
    /// When people are attentive: what was seen of them, its bins, and the minutes that were chosen.
    static let attention = """
        CREATE TABLE sighting (                       -- somebody opened, clicked, answered or wrote
            id            {id},
            mailbox_id    {int} NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
            key           TEXT  NOT NULL,             -- what makes it the same sighting
            address_key   TEXT  NOT NULL,             -- whose, in its canonical form
            kind          TEXT  NOT NULL,             -- open, click, reply, wrote
            at            {int} NOT NULL,             -- ms
            noted_at      {int} NOT NULL,             -- ms, when it was stored
            sent_at       {int} NOT NULL DEFAULT 0,   -- ms, of the mail that was opened or answered
            east          {int} NOT NULL DEFAULT 0,   -- seconds east of Greenwich, by the mail they wrote
            agent         TEXT  NOT NULL DEFAULT '',
            enrollment_id {int} NOT NULL DEFAULT 0,
            step_id       TEXT  NOT NULL DEFAULT '',
            reason        TEXT  NOT NULL DEFAULT '',  -- why it is no evidence of a person
            is_taken      {int} NOT NULL DEFAULT 0,   -- whether the bins know of it
            UNIQUE (mailbox_id, key)
        ){strict};
        CREATE INDEX sighting_new ON sighting (mailbox_id, noted_at) WHERE is_taken = 0;
        CREATE INDEX sighting_address ON sighting (address_key, at);
        CREATE INDEX sighting_time ON sighting (mailbox_id, at);
        CREATE INDEX sighting_step ON sighting (enrollment_id, step_id) WHERE enrollment_id > 0;

        CREATE TABLE attention (                      -- bins of a fixed size
            level TEXT    NOT NULL,                   -- contact, company, mailbox
            key   TEXT    NOT NULL,                   -- canonical address, domain, the mailbox's id
            bins  {bytes} NOT NULL,
            filtered TEXT NOT NULL DEFAULT '{}',      -- JSON: how many sightings were left out, by reason
            PRIMARY KEY (level, key)
        ){strict};

        CREATE TABLE minute_choice (                  -- how the minute of a step was chosen
            enrollment_id {int}  NOT NULL REFERENCES enrollment (id),
            step_id       TEXT   NOT NULL,
            arm           TEXT   NOT NULL,            -- best, holdout, none (there was no evidence)
            at            {int}  NOT NULL,            -- ms, what was chosen
            score         {int}  NOT NULL,            -- thousandths
            PRIMARY KEY (enrollment_id, step_id)
        ){strict};
        """

    /// What people wrote, listed while a mailbox is read; fewer indexes over what is noted of them.
    static let writtenMail = """
        CREATE TABLE written_mail (                   -- not yet among the sightings
            id          {id},
            mailbox_id  {int} NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
            key         TEXT  NOT NULL,               -- what makes it the same sighting
            address_key TEXT  NOT NULL,               -- of who wrote it
            at          {int} NOT NULL,               -- ms, by their clock
            noted_at    {int} NOT NULL,               -- ms
            east        {int} NOT NULL                -- seconds east of Greenwich, 0 for not known
        ){strict};
        CREATE INDEX written_mail_mailbox ON written_mail (mailbox_id);
        DROP INDEX sighting_time;
        CREATE INDEX sighting_time ON sighting (mailbox_id, at) WHERE kind IN ('open', 'click');
        """
}
