extension Schema {
    /// What the web front knows of mails with links of ours, and what came in through them.
    static let web = """
        CREATE TABLE web_mail (                       -- a step's mail, by the number its links name
            id            {id},
            enrollment_id {int} NOT NULL REFERENCES enrollment (id),
            step_id       TEXT  NOT NULL,
            UNIQUE (enrollment_id, step_id)
        ){strict};

        CREATE TABLE web_link (                       -- where a mail's tracked links lead
            web_mail_id {int} NOT NULL REFERENCES web_mail (id),
            position    {int} NOT NULL,               -- from 0; never stands for another target
            target      TEXT  NOT NULL,
            PRIMARY KEY (web_mail_id, position)
        ){strict};

        CREATE TABLE web_visit (                      -- every open and click, machines' as well
            id          {id},
            web_mail_id {int} NOT NULL REFERENCES web_mail (id),
            kind        TEXT  NOT NULL,               -- open, click
            position    {int} NOT NULL DEFAULT 0,     -- of the link
            at          {int} NOT NULL,               -- ms
            agent       TEXT  NOT NULL DEFAULT ''     -- User-Agent, at most 300 bytes
        ){strict};
        CREATE INDEX web_visit_mail ON web_visit (web_mail_id, at);

        CREATE TABLE web_source (                     -- who may report meetings
            name       TEXT  NOT NULL PRIMARY KEY,
            kind       TEXT  NOT NULL,                -- cal.com, calendly
            secret     {bytes} NOT NULL,              -- sealed; the key is not in here
            created_at {int} NOT NULL
        ){strict};
        """
}
