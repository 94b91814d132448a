extension Schema {
    /// How a copy of this database is told from the one that sends, and mail that a copy has sent.
    static let recovery = """
        CREATE TABLE mailbox_guard (                  -- which of several copies may send from the mailbox
            mailbox_id   {int} NOT NULL PRIMARY KEY REFERENCES mailbox (id) ON DELETE CASCADE,
            epoch        {int} NOT NULL DEFAULT 0,    -- of the last note of ours that lies in the mailbox
            token        TEXT  NOT NULL DEFAULT '',   -- of that note
            pending      TEXT  NOT NULL DEFAULT '',   -- of the note for the next epoch while it is filed
            seen_epoch   {int} NOT NULL DEFAULT 0,    -- the highest of any note, ours or not
            raised_by    TEXT  NOT NULL DEFAULT '',   -- the worker
            raised_at    {int} NOT NULL DEFAULT 0,    -- ms
            is_raise_due {int} NOT NULL DEFAULT 0,    -- a copy of the database was made since
            folder       TEXT  NOT NULL DEFAULT '',   -- where the notes lie
            trouble      TEXT  NOT NULL DEFAULT '',   -- '', restored, otherNote, otherMail: nothing is sent
            detail       TEXT  NOT NULL DEFAULT '',   -- for a person
            since        {int} NOT NULL DEFAULT 0     -- ms, of the trouble
        ){strict};

        CREATE TABLE stray_send (                     -- mail of Purr in Sent that the journal does not know
            id             {id},
            mailbox_id     {int} NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
            message_id     TEXT  NOT NULL,
            thread_root    TEXT  NOT NULL,
            mark           TEXT  NOT NULL,            -- the field X-Purr-Step
            is_signed      {int} NOT NULL,            -- whether our key made the mark
            sender         TEXT  NOT NULL,
            recipient      TEXT  NOT NULL,
            recipient_name TEXT  NOT NULL,
            subject        TEXT  NOT NULL,
            in_reply_to    TEXT  NOT NULL,
            reference_ids  TEXT  NOT NULL,
            sent_at        {int} NOT NULL,            -- ms
            is_placed      {int} NOT NULL DEFAULT 0,  -- whether the journal has it by now
            UNIQUE (mailbox_id, message_id)
        ){strict};
        CREATE INDEX enrollment_root ON enrollment (thread_root);
        """

    /// What a lost copy of this database may have sent though no mail of it lies in Sent.
    static let doubt = """
        ALTER TABLE enrollment ADD COLUMN may_have_left {int} NOT NULL DEFAULT 0; -- its next mail, by another copy
        """
}
