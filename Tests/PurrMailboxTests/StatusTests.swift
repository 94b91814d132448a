import MailServers
import PurrMail
import PurrMailbox
import Testing

@Suite("The state of folders")
struct StatusTests {
    @Test("comes in one round trip without LIST-STATUS, and each folder answers for itself")
    func pipelined() async throws {
        let names = (1...150).map { FolderName(wire: "Folder \($0)") }
        var transcript = Transcript.imapLogin("IMAP4rev1 CONDSTORE")
        // All questions are there before the first answer is given.
        for name in names {
            transcript += "C: … STATUS \"\(name.wire)\" (UIDVALIDITY UIDNEXT MESSAGES HIGHESTMODSEQ)\n"
        }
        for number in 1...150 {
            switch number {
            case 7: transcript += "S: \(number) NO no such folder\n"
            case 8: transcript += "S: \(number) OK but without a word\n"
            case 9:
                transcript +=
                    "RAW * STATUS {8}\\r\\nFolder 9 (UIDNEXT 90 UIDVALIDITY 9 MESSAGES 89)\\r\\n\nS: 9 OK done\n"
            default:
                transcript += """
                    S: * STATUS "Folder \(number)" (MESSAGES 4 UIDNEXT \(number) UIDVALIDITY 3 HIGHESTMODSEQ 77)
                    S: \(number) OK done

                    """
            }
        }
        let server = ScriptedServer(transcript)
        let answers = try await blocking { () throws(MailServerFailure) in
            let connection = try IMAPConnection.scripted(server)
            return try connection.status(of: names)
        }
        #expect(await server.finish().deviations == [])
        #expect(answers.count == 150)
        #expect(answers[names[6]] == .refused("no such folder"))
        #expect(answers[names[7]] == .refused("The server did not say how the folder is"))
        #expect(
            answers[names[8]]
                == .status(FolderStatus(uidValidity: UIDValidity(rawValue: 9), uidNext: 90, messages: 89)))
        #expect(
            answers[names[149]]
                == .status(
                    FolderStatus(
                        uidValidity: UIDValidity(rawValue: 3), uidNext: 150, messages: 4, highestModSeq: 77)
                ))
    }

    @Test("comes with LIST-STATUS at once, and what that leaves out is asked for by name")
    func listStatus() async throws {
        let names = ["INBOX", "A", "B", "C"].map { FolderName(wire: $0) }
        let server = ScriptedServer(
            Transcript.imapLogin("IMAP4rev1 LIST-STATUS") + #"""
                C: … LIST "" "*" RETURN (STATUS (UIDVALIDITY UIDNEXT MESSAGES))
                S: * LIST () "/" inbox
                S: * STATUS inbox (UIDNEXT 5 UIDVALIDITY 1 MESSAGES 4)
                S: * LIST () "/" A
                S: * STATUS A (UIDNEXT 6 UIDVALIDITY 1 MESSAGES 4)
                S: * LIST () "/" other
                S: * STATUS other (UIDNEXT 7 UIDVALIDITY 1 MESSAGES 4)
                S: * LIST (\NoSelect) "/" C
                S: {tag} OK done
                C: … STATUS "B" (UIDVALIDITY UIDNEXT MESSAGES)
                C: … STATUS "C" (UIDVALIDITY UIDNEXT MESSAGES)
                S: 2 NO [NOPERM] not for you
                S: 3 NO cannot be opened
                """#)
        let answers = try await blocking { () throws(MailServerFailure) in
            try IMAPConnection.scripted(server).status(of: names)
        }
        #expect(await server.finish().deviations == [])
        func status(_ next: UID) -> FolderAnswer {
            .status(FolderStatus(uidValidity: UIDValidity(rawValue: 1), uidNext: next, messages: 4))
        }
        #expect(
            answers == [
                names[0]: status(5), names[1]: status(6), names[2]: .refused("[NOPERM] not for you"),
                names[3]: .refused("cannot be opened"),
            ])
    }

    @Test("is asked for with no folder open")
    func closesFirst() async throws {
        let server = ScriptedServer(
            Transcript.imapLogin("IMAP4rev1 IDLE") + """
                C: … EXAMINE "INBOX"
                S: * OK [UIDVALIDITY 1] x
                S: {tag} OK done
                C: … IDLE
                S: + idling
                C: DONE
                S: 2 OK done
                C: … CLOSE
                S: {tag} OK done
                C: … STATUS "INBOX" …
                S: * STATUS INBOX (UIDNEXT 5 UIDVALIDITY 1 MESSAGES 4)
                S: {tag} OK done
                """)
        let answers = try await blocking { () throws(MailServerFailure) in
            let connection = try IMAPConnection.scripted(server)
            try connection.startIdle(in: .inbox)
            return try connection.status(of: [.inbox])
        }
        #expect(await server.finish().deviations == [])
        #expect(answers.count == 1)
    }

    @Test("with a server that refuses to close a folder opened read-only, another one closes it")
    func closesOtherwise() async throws {
        let idle =
            "C: … EXAMINE \"INBOX\"\nS: * OK [UIDVALIDITY 1] x\nS: {tag} OK done\n"
            + "C: … IDLE\nS: + idling\nC: DONE\n"
        let status =
            "C: … EXAMINE \"purr-no-such-folder\"\nS: {tag} NO no such folder\nC: … STATUS \"INBOX\" …\n"
            + "S: * STATUS INBOX (UIDNEXT 5 UIDVALIDITY 1 MESSAGES 4)\nS: {tag} OK done\n"
        let server = ScriptedServer(
            Transcript.imapLogin("IMAP4rev1 IDLE") + idle + "S: 2 OK done\n"
                + "C: … CLOSE\nS: {tag} NO [READ-ONLY] Mailbox is read-only.\n" + status + idle
                + "S: 7 OK done\n" + status)
        let answers = try await blocking { () throws(MailServerFailure) in
            let connection = try IMAPConnection.scripted(server)
            try connection.startIdle(in: .inbox)
            let first = try connection.status(of: [.inbox])
            try connection.startIdle(in: .inbox)
            return [first, try connection.status(of: [.inbox])]
        }
        #expect(await server.finish().deviations == [])
        #expect(answers.map(\.count) == [1, 1])
    }

    @Test("a name that nothing can say is refused, and nothing is said")
    func unspeakable() async throws {
        let server = ScriptedServer(Transcript.imapLogin())
        let name = FolderName(wire: "A\r\n9 DELETE INBOX")
        let outcome = try await blocking { () throws(MailServerFailure) in
            let connection = try IMAPConnection.scripted(server)
            let status = try connection.status(of: [name])
            let message = Outcome { () throws(MailServerFailure) in
                try connection.message(in: name, uid: 1, expecting: UIDValidity(rawValue: 1)).value ?? nil
            }
            let idle = Outcome { () throws(MailServerFailure) in try connection.startIdle(in: name) }
            connection.close()
            return (status, message.reason, idle.reason)
        }
        #expect(outcome.0 == [name: .refused("Its name holds control characters")])
        #expect(outcome.1 == .refused && outcome.2 == .refused)
        let record = await server.finish()
        #expect(!record.everything.contains("DELETE"))
    }
}
