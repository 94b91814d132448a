import MailServers
import PurrMail
import PurrMailbox
import Testing

@Suite("Folders")
struct FolderListTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var capabilities = "IMAP4rev1"
        /// From NAMESPACE or LIST on.
        var transcript: String
        var expected: [String]
    }

    @Test(
        "get their roles",
        arguments: [
            Example(
                testDescription: "from SPECIAL-USE", capabilities: "IMAP4rev1 SPECIAL-USE",
                transcript: #"""
                    C: … LIST "" "*" RETURN (SPECIAL-USE)
                    S: * LIST (\HasNoChildren) "/" INBOX
                    S: * LIST (\Sent \HasNoChildren) "/" "Gesendete Post"
                    S: * LIST (\Junk) "/" Verdacht
                    S: * LIST (\All) "/" "[Gmail]/All Mail"
                    S: * LIST (\Noselect \HasChildren) "/" "[Gmail]"
                    S: * LIST () "/" Sent
                    S: {tag} OK done
                    """#,
                expected: [
                    "INBOX inbox", "Gesendete Post sent", "Verdacht junk", "[Gmail]/All Mail all",
                    "[Gmail] other -",
                    "Sent other",
                ]),
            Example(
                testDescription: "by name, where SPECIAL-USE is promised and refused",
                capabilities: "SPECIAL-USE",
                transcript: #"""
                    C: … LIST "" "*" RETURN (SPECIAL-USE)
                    S: {tag} BAD what?
                    C: … LIST "" "*"
                    S: * LIST () "." INBOX
                    S: * LIST () "." "INBOX.Sent Items"
                    S: * LIST () "." INBOX.Work.Sent
                    S: {tag} OK done
                    """#,
                expected: ["INBOX inbox", "INBOX.Sent Items sent", "INBOX.Work.Sent other"]),
            Example(
                testDescription: "by name, in a namespace and in other languages",
                capabilities: "NAMESPACE",
                transcript: #"""
                    C: … NAMESPACE
                    S: * NAMESPACE (("mail/kari/" "/")) (("users/" "/")) NIL
                    S: {tag} OK done
                    C: … LIST "" "*"
                    S: * LIST () "/" inbox
                    S: * LIST () "/" mail/kari/Papierkorb
                    S: * LIST () "/" "mail/kari/Entw&APw-rfe"
                    S: * LIST () "/" "mail/kari/&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-"
                    S: * LIST () "/" users/ola/Papierkorb
                    S: {tag} OK done
                    """#,
                expected: [
                    "INBOX inbox", "mail/kari/Papierkorb trash", "mail/kari/Entw&APw-rfe drafts",
                    "mail/kari/&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1- sent", "users/ola/Papierkorb other",
                ]),
            Example(
                testDescription: "and names that come as literals, quoted, twice, or without a hierarchy",
                transcript: #"""
                    C: … LIST "" "*"
                    RAW * LIST () "/" {7}\r\nA "b" c\r\n
                    RAW * LIST (\\Marked) NIL {5}\r\nDraft\r\n
                    S: * LIST () "/" "back\\slash \"q\""
                    S: * LIST () "/" Twice
                    S: * LIST () "/" Twice
                    S: * LIST () "/" "extended" ("CHILDINFO" ("SUBSCRIBED"))
                    S: * XYZZY unknown {3}
                    RAW abc\r\n
                    S: {tag} OK done
                    """#,
                expected: [
                    #"INBOX inbox"#, #"A "b" c other"#, "Draft drafts", #"back\slash "q" other"#,
                    "Twice other",
                    "extended other",
                ]),
            Example(
                testDescription: "and a name that nothing can say is shown, but not opened",
                transcript: #"""
                    C: … LIST "" "*"
                    RAW * LIST () "/" {9}\r\nA\r\nDELETE\r\n
                    S: {tag} OK done
                    """#,
                expected: ["INBOX inbox", "A\r\nDELETE other -"]),
        ])
    func roles(_ example: Example) async throws {
        let server = ScriptedServer(Transcript.imapLogin(example.capabilities) + example.transcript)
        let folders = try await blocking { () throws(MailServerFailure) in
            let connection = try IMAPConnection.scripted(server)
            return try connection.folders()
        }
        #expect(await server.finish().deviations == [])
        let shown = folders.map { "\($0.name.wire) \($0.role.rawValue)\($0.isSelectable ? "" : " -")" }
        #expect(shown == example.expected)
    }
}
