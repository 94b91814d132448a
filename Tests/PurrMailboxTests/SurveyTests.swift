import MailServers
import PurrMail
import PurrMailbox
import Testing

@Suite("A pass over the account")
struct SurveyTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var capabilities: String
        var passes = 1
        var transcript: String
        var expected: [String]
    }

    @Test(arguments: [
        Example(
            testDescription: "takes one round trip with LIST-STATUS",
            capabilities: "LIST-STATUS SPECIAL-USE CONDSTORE",
            transcript: #"""
                C: … LIST "" "*" RETURN (SPECIAL-USE STATUS (UIDVALIDITY UIDNEXT MESSAGES HIGHESTMODSEQ))
                S: * LIST () "/" INBOX
                S: * STATUS INBOX (MESSAGES 4 UIDNEXT 5 UIDVALIDITY 1 HIGHESTMODSEQ 9)
                S: * LIST (\Noselect) "/" Customers
                S: * LIST (\Sent) "/" "Sent items"
                S: * STATUS "Sent items" (MESSAGES 6 UIDNEXT 7 UIDVALIDITY 1 HIGHESTMODSEQ 9)
                S: {tag} OK done
                """#,
            expected: ["INBOX inbox 5", "Sent items sent 7"]),
        Example(
            testDescription: "asks by name for what LIST-STATUS left out",
            capabilities: "LIST-STATUS SPECIAL-USE",
            transcript: #"""
                C: … LIST "" "*" RETURN (SPECIAL-USE STATUS (UIDVALIDITY UIDNEXT MESSAGES))
                S: * LIST () "/" INBOX
                S: * STATUS INBOX (MESSAGES 4 UIDNEXT 5 UIDVALIDITY 1)
                S: * LIST () "/" Secret
                S: {tag} OK done
                C: … STATUS "Secret" (UIDVALIDITY UIDNEXT MESSAGES)
                S: {tag} NO [NOPERM] not for you
                """#,
            expected: ["INBOX inbox 5", "Secret other [NOPERM] not for you"]),
        Example(
            testDescription: "takes two where both together are refused",
            capabilities: "LIST-STATUS SPECIAL-USE",
            transcript: #"""
                C: … LIST "" "*" RETURN (SPECIAL-USE STATUS (UIDVALIDITY UIDNEXT MESSAGES))
                S: * LIST () "/" INBOX
                S: * STATUS INBOX (MESSAGES 4 UIDNEXT 5 UIDVALIDITY 1)
                S: {tag} BAD too much
                C: … LIST "" "*" RETURN (SPECIAL-USE)
                S: * LIST () "/" INBOX
                S: {tag} OK done
                C: … STATUS "INBOX" (UIDVALIDITY UIDNEXT MESSAGES)
                S: * STATUS INBOX (MESSAGES 5 UIDNEXT 6 UIDVALIDITY 1)
                S: {tag} OK done
                """#,
            expected: ["INBOX inbox 6"]),
        Example(
            testDescription: "asks for the namespace no more than once", capabilities: "NAMESPACE",
            passes: 2,
            transcript: #"""
                C: … NAMESPACE
                S: * NAMESPACE (("" "/")) NIL NIL
                S: {tag} OK done
                C: … LIST "" "*"
                S: * LIST () "/" INBOX
                S: {tag} OK done
                C: … STATUS "INBOX" (UIDVALIDITY UIDNEXT MESSAGES)
                S: * STATUS INBOX (MESSAGES 4 UIDNEXT 5 UIDVALIDITY 1)
                S: {tag} OK done
                C: … LIST "" "*"
                S: * LIST () "/" INBOX
                S: {tag} OK done
                C: … STATUS "INBOX" (UIDVALIDITY UIDNEXT MESSAGES)
                S: * STATUS INBOX (MESSAGES 5 UIDNEXT 6 UIDVALIDITY 1)
                S: {tag} OK done
                """#,
            expected: ["INBOX inbox 5", "INBOX inbox 6"]),
    ])
    func surveys(_ example: Example) async throws {
        let server = ScriptedServer(
            Transcript.imapLogin("IMAP4rev1 \(example.capabilities)") + example.transcript)
        let seen = try await blocking { () throws(MailServerFailure) in
            let connection = try IMAPConnection.scripted(server)
            var seen: [SurveyedFolder] = []
            for _ in 0..<example.passes { seen += try connection.survey() }
            return seen
        }
        #expect(await server.finish().deviations == [])
        #expect(seen.map(Self.line) == example.expected)
    }

    private static func line(_ item: SurveyedFolder) -> String {
        let state =
            switch item.answer {
            case .status(let status): "\(status.uidNext.rawValue)"
            case .refused(let words): words
            }
        return "\(item.folder.name) \(item.folder.role.rawValue) \(state)"
    }
}
