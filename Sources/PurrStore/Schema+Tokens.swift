extension Schema {
    /// Tokens of identity providers: apart from the mailbox's row, which tells by a changed credential that
    /// the mailbox was connected anew.
    static let tokens = """
        CREATE TABLE mailbox_token (
            mailbox_id {int} NOT NULL PRIMARY KEY REFERENCES mailbox (id) ON DELETE CASCADE,
            sealed     {bytes} NOT NULL,              -- access and refresh token, as the vault sealed them
            updated_at {int} NOT NULL                 -- ms
        ){strict};
        """
}
