import Foundation
import MailServers
import PurrMail
import PurrMailbox
import PurrTransport
import Testing

@Suite("Slices of headers")
struct HeaderSliceTests {
    static let validity = UIDValidity(rawValue: 7)
    static let examine = """
        C: … EXAMINE INBOX
        S: * FLAGS (\\Answered)
        S: * 9 EXISTS
        S: * OK [UIDVALIDITY 7] valid
        S: * OK [UIDNEXT 100] next
        S: {tag} OK [READ-ONLY] done

        """

    static func search(_ range: String, _ found: String) -> String {
        "C: … UID SEARCH UID \(range)\nS: * SEARCH\(found.isEmpty ? "" : " " + found)\nS: {tag} OK done\n"
    }

    static func fetch(_ set: String) -> String {
        "C: … UID FETCH \(set) (UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (From Message-ID)]<0.65536>)\n"
    }

    /// One message's answer, its header as a literal.
    static func message(_ uid: Int, _ header: String = "From: a@b.test\\r\\n\\r\\n", length: Int? = nil)
        -> String
    {
        let count = length ?? Transcript.length(of: header)
        return
            "RAW * \(uid) FETCH (UID \(uid) INTERNALDATE \" 5-Mar-2026 10:20:30 -0330\" "
            + "BODY[HEADER.FIELDS (From Message-ID)]<0> {\(count)}\\r\\n\(header))\\r\\n\n"
    }

    func read(
        _ transcript: String, after: UID = 0, through: UID = 99, limit: Int = 2_000
    ) async -> (
        outcome: Outcome<IMAPConnection.Reading<HeaderSlice>>, record: ScriptedServer.Record, isUsable: Bool
    ) {
        let server = ScriptedServer(Transcript.imapLogin() + transcript)
        let (outcome, isUsable) = await pool.perform {
            () -> (Outcome<IMAPConnection.Reading<HeaderSlice>>, Bool) in
            var isUsable = false
            let outcome = Outcome { () throws(MailServerFailure) in
                let connection = try IMAPConnection.scripted(server, patience: .seconds(2))
                defer { isUsable = connection.isUsable }
                return try connection.headers(
                    in: .inbox, after: after, through: through, limit: limit,
                    fields: ["From", "Message-ID"],
                    expecting: Self.validity)
            }
            return (outcome, isUsable)
        }
        return (outcome, await server.finish(), isUsable)
    }

    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var transcript: String
        var found: [UID]
        var unreadable: [UID] = []
        var through: UID = 99
    }

    @Test(
        "account for every UID",
        arguments: [
            Example(testDescription: "of an empty stretch", transcript: search("1:99", ""), found: []),
            Example(
                testDescription: "that all come",
                transcript: search("1:99", "5 3 3") + fetch("3,5") + message(5) + message(3)
                    + "S: {tag} OK done",
                found: [3, 5]),
            Example(
                testDescription: "of which one is gone meanwhile",
                transcript: search("1:99", "3 4 5") + fetch("3:5") + message(3) + message(5)
                    + "S: {tag} OK done\n"
                    + search("4", ""),
                found: [3, 5]),
            Example(
                testDescription: "in the midst of other news, and of UIDs that nobody asked for",
                transcript: search("1:99", "3 200 4294967299") + fetch("3")
                    + "S: * 10 EXISTS\nS: * 1 EXPUNGE\nS: * 4 FETCH (FLAGS (\\Seen))\nS: * 4 FETCH (UID 4 MODSEQ (12) X-ODD [9 (FLAGS ())\nS: * ESEARCH (TAG \"x\") UID ALL 1:5\n"
                    + "S: * OK [HIGHESTMODSEQ 9] by the way {3}\nS: * VANISHED 5\nRAW * XUNKNOWN {4}\\r\\nabc(\\r\\n\n"
                    + message(77) + message(3) + "S: {tag} OK",
                found: [3]),
            Example(
                testDescription: "after a NO that follows data: the rest is asked for again, in halves",
                transcript: search("1:99", "3 4 5") + fetch("3:5") + message(3)
                    + "S: {tag} NO out of memory\n"
                    + search("4:5", "4 5") + fetch("4") + message(4) + "S: {tag} OK done\n"
                    + fetch("5") + message(5) + "S: {tag} OK done",
                found: [3, 4, 5]),
            Example(
                testDescription: "of which one cannot be had, alone",
                transcript: search("1:99", "3 4") + fetch("3:4") + message(3) + "S: {tag} NO broken\n"
                    + search("4", "4")
                    + fetch("4") + "S: {tag} NO broken\n" + examine + search("4", "4")
                    + "C: … UID FETCH 4 (UID)\nS: * 4 FETCH (UID 4)\nS: {tag} OK done",
                found: [3], unreadable: [4]),
            Example(
                testDescription: "of which one comes as NIL",
                transcript: search("1:99", "4") + fetch("4")
                    + "S: * 4 FETCH (UID 4 BODY[HEADER.FIELDS (From Message-ID)]<0> NIL)\nS: {tag} OK done\n"
                    + search("4", "4") + "C: … UID FETCH 4 (UID)\nS: * 4 FETCH (UID 4)\nS: {tag} OK done",
                found: [], unreadable: [4]),
            Example(
                testDescription: "of which one comes in words that libetpan cannot read",
                transcript: search("1:99", "3 4") + fetch("3:4") + message(3)
                    + "S: * 4 FETCH (UID 4 X-NEW ((1 2) {2}\nRAW ab) BODY[] oops)\\r\\n\nS: {tag} OK done\n"
                    + examine
                    + search("3:4", "3 4") + fetch("3") + message(3) + "S: {tag} OK done\n" + fetch("4")
                    + "S: * 4 FETCH (UID 4 X-NEW ((1 2) BODY[] oops)\nS: {tag} OK done\n" + examine
                    + search("4", "4")
                    + "C: … UID FETCH 4 (UID)\nS: * 4 FETCH (UID 4)\nS: {tag} OK done",
                found: [3], unreadable: [4]),
            Example(
                testDescription: "whose header is hostile",
                transcript: search("1:99", "4") + fetch("4") + message(4, "From: {130000*(}\\r\\n\\r\\n")
                    + "S: {tag} OK done",
                found: [4]),
            Example(
                testDescription: "of which one comes in a quote without end, of which libetpan wants more",
                transcript: search("1:99", "4") + fetch("4")
                    + "S: * 4 FETCH (UID 4 BODY[HEADER.FIELDS (From Message-ID)]<0> \"\nS: {tag} OK done\n"
                    + examine
                    + search("4", "4") + "C: … UID FETCH 4 (UID)\nS: * 4 FETCH (UID 4)\nS: {tag} OK done",
                found: [], unreadable: [4]),
            Example(
                testDescription: "of which one is described in brackets without end",
                transcript: search("1:99", "4") + fetch("4")
                    + "S: * 4 FETCH (BODY[] NIL BODYSTRUCTURE {20000*(}\nS: {tag} OK done\n"
                    + search("4", "4")
                    + "C: … UID FETCH 4 (UID)\nS: * 4 FETCH (UID 4)\nS: {tag} OK done",
                found: [], unreadable: [4]),
            Example(
                testDescription: "whose header is quoted, empty, or holds NUL",
                transcript: search("1:99", "3 4") + fetch("3:4")
                    + "S: * 3 FETCH (UID 3 BODY[HEADER.FIELDS (From Message-ID)]<0> \"\")\n"
                    + message(4, "From: \\0\\xFF\\r\\n\\r\\n") + "S: {tag} OK done",
                found: [3, 4]),
        ])
    func complete(_ example: Example) async throws {
        let (outcome, record, isUsable) = await read(Self.examine + example.transcript)
        #expect(record.deviations == [])
        let slice = try #require(outcome.value?.value, "\(outcome)")
        #expect(slice.headers.map(\.uid) == example.found)
        #expect(slice.unreadable == example.unreadable)
        #expect(slice.through == example.through)
        #expect(slice.uidValidity == Self.validity)
        #expect(isUsable)
    }

    struct Fault: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var transcript: String
        var reason: MailServerFailure.Reason
        var isUsable = false
    }

    @Test(
        "fail as a whole",
        arguments: [
            Fault(
                testDescription: "when the folder is gone",
                transcript: "C: … EXAMINE INBOX\nS: {tag} NO gone",
                reason: .refused, isUsable: true),
            Fault(
                testDescription: "when the folder has no UIDVALIDITY",
                transcript: "C: … EXAMINE INBOX\nS: * 4 EXISTS\nS: {tag} OK done", reason: .refused,
                isUsable: true),
            Fault(
                testDescription: "when the server will not even name the message",
                transcript: examine + search("1:99", "4") + fetch("4") + "S: {tag} NO broken\n" + examine
                    + search("4", "4")
                    + "C: … UID FETCH 4 (UID)\nS: {tag} NO everything is broken", reason: .refused,
                isUsable: true),
            Fault(
                testDescription: "when searching is refused",
                transcript: examine + "C: … UID SEARCH …\nS: {tag} NO not now", reason: .refused,
                isUsable: true),
            Fault(
                testDescription: "when the server says farewell in between",
                transcript: examine + search("1:99", "4") + fetch("4") + "S: * BYE back at noon\nCLOSE",
                reason: .unreachable),
            Fault(
                testDescription: "when the connection breaks in a header",
                transcript: examine + search("1:99", "4") + fetch("4")
                    + "RAW * 4 FETCH (UID 4 BODY[HEADER.FIELDS (From)]<0> {400}\\r\\nFrom: \nRESET",
                reason: .unreachable),
            Fault(
                testDescription: "when the server falls silent",
                transcript: examine + search("1:99", "4") + fetch("4") + "RAW * 4 FETCH (UID 4 \nSTALL",
                reason: .limit),
            Fault(
                testDescription: "when a line never ends",
                transcript: examine + search("1:99", "4") + fetch("4") + "RAW * 4 FETCH (UID {3000000*9}",
                reason: .limit),
            Fault(
                testDescription: "when lines never end",
                transcript: examine + "C: … UID SEARCH …\n"
                    + "RAW {1300** OK \(String(repeating: "x", count: 10_000))\\r\\n}\nSTALL",
                reason: .limit),
            Fault(
                testDescription: "when more is announced than was asked for",
                transcript: examine + search("1:99", "4") + fetch("4")
                    + "S: * 4 FETCH (UID 4 BODY[HEADER.FIELDS (From)]<0> {999999999999999999}\nSTALL",
                reason: .limit),
            Fault(
                testDescription: "when brackets nest without end in the rest of an answer",
                transcript: examine + search("1:99", "4") + fetch("4")
                    + "RAW * 4 FETCH (UID 4 BODY[]<0> {2}\\r\\nab BODYSTRUCTURE {20000*(}\\r\\n\nSTALL",
                reason: .protocolViolation),
            Fault(
                testDescription: "when somebody else's answer comes",
                transcript: examine + search("1:99", "4") + fetch("4") + "S: a77 OK done",
                reason: .protocolViolation),
            Fault(
                testDescription: "when the answer is no IMAP",
                transcript: examine + search("1:99", "4") + fetch("4") + "S: HTTP/1.1 400 Bad Request",
                reason: .protocolViolation),
        ])
    func fails(_ fault: Fault) async {
        let (outcome, record, isUsable) = await read(fault.transcript)
        #expect(outcome.reason == fault.reason, "\(outcome) \(record.deviations)")
        #expect(isUsable == fault.isUsable)
    }

    @Test("say when the folder was numbered anew, before anything else is read")
    func renumbered() async {
        let (outcome, record, _) = await read(
            Self.examine.replacing("UIDVALIDITY 7", with: "UIDVALIDITY 8"))
        #expect(outcome.value?.renumbered == UIDValidity(rawValue: 8))
        #expect(record.lines.last == "1 EXAMINE INBOX")
    }

    @Test("are not given by a server that has not caught up with itself, lest a message look gone")
    func lagging() async {
        let (outcome, record, _) = await read(Self.examine.replacing("UIDNEXT 100", with: "UIDNEXT 99"))
        #expect(outcome.reason == .refused, "\(outcome)")
        #expect(record.lines.last == "1 EXAMINE INBOX")
    }

    @Test("open the folder once, and anew when there is more than it showed")
    func bursts() async throws {
        let server = ScriptedServer(
            Transcript.imapLogin() + Self.examine + Self.search("1:50", "3") + Self.fetch("3")
                + Self.message(3)
                + "S: {tag} OK done\n" + Self.search("51:99", "60") + Self.fetch("60") + Self.message(60)
                + "S: {tag} OK done\n" + Self.examine.replacing("UIDNEXT 100", with: "UIDNEXT 101")
                + Self.search("100", "100") + Self.fetch("100") + Self.message(100) + "S: {tag} OK done\n"
                + "C: … NOOP")
        let found = try await blocking { () throws(MailServerFailure) in
            let connection = try IMAPConnection.scripted(server)
            return try [(0, 50), (50, 99), (99, 100)].map {
                (after: UInt32, through: UInt32) throws(MailServerFailure) in
                try connection.headers(
                    in: .inbox, after: UID(rawValue: after), through: UID(rawValue: through),
                    fields: ["From", "Message-ID"],
                    expecting: Self.validity
                ).value?.headers.map(\.uid)
            }
        }
        #expect(found == [[3], [60], [100]])
    }

    @Test("end where their limit is, and go on from there")
    func limited() async throws {
        let (outcome, record, _) = await read(
            Self.examine + Self.search("3:99", "4 6 8") + Self.fetch("4,6") + Self.message(4)
                + Self.message(6)
                + "S: {tag} OK done", after: 2, limit: 2)
        #expect(record.deviations == [])
        let slice = try #require(outcome.value?.value)
        #expect(slice.headers.map(\.uid) == [4, 6] && slice.through == 6)
    }

    @Test("of a big folder are sought in windows that widen")
    func windows() async throws {
        let (outcome, record, _) = await read(
            Self.examine.replacing("9 EXISTS", with: "900000 EXISTS") + Self.search("1:10", "")
                + Self.search("11:30", "")
                + Self.search("31:70", "33 35 37") + Self.search("71:99", "71 72 73 74 75 76 77 78")
                + Self.fetch("33,35,37,71:77")
                + [33, 35, 37, 71, 72, 73, 74, 75, 76, 77].map { Self.message($0) }.joined()
                + "S: {tag} OK done", limit: 10)
        #expect(record.deviations == [])
        #expect(outcome.value?.value?.through == 77)
    }

    @Test("bring the field and the date as the server has them")
    func contents() async throws {
        let (outcome, _, _) = await read(
            Self.examine + Self.search("1:99", "3") + Self.fetch("3")
                + Self.message(3, "From: \\xE9@b.test\\r\\n\\r\\n")
                + "S: {tag} OK done")
        let header = try #require(outcome.value?.value?.headers.first)
        #expect(header.bytes == Array("From: ".utf8) + [0xE9] + Array("@b.test\r\n\r\n".utf8))
        // 10:20:30 at −03:30.
        #expect(header.receivedAt == ISO8601DateFormatter().date(from: "2026-03-05T13:50:30Z"))
    }

    @Test("of nothing cost nothing")
    func nothing() async throws {
        let (outcome, record, _) = await read("", after: 99, through: 99)
        #expect(outcome.value?.value?.through == 99)
        #expect(record.lines.last == "sync CAPABILITY")
    }
}
