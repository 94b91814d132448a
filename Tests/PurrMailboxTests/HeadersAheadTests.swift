import MailServers
import PurrMail
import PurrMailbox
import Testing

@Suite("Headers asked for ahead")
struct HeadersAheadTests {
    /// The answers to `UID FETCH` for a stretch.
    static func messages(_ uids: ClosedRange<Int>) -> String {
        uids.map { HeaderSliceTests.message($0) }.joined()
    }

    /// A folder of which three times 500 headers are asked for at once, in two slices.
    ///
    /// EXAMINE is the first command, so the fetches are the third, fourth and fifth.
    func slices(_ answers: String) async throws -> (found: [[Int]], record: ScriptedServer.Record) {
        let server = ScriptedServer(
            Transcript.imapLogin()
                + HeaderSliceTests.examine.replacing("9 EXISTS", with: "1500 EXISTS")
                .replacing("UIDNEXT 100", with: "UIDNEXT 1501")
                + HeaderSliceTests.search("1:1500", (1...1_500).map { "\($0)" }.joined(separator: " "))
                + HeaderSliceTests.fetch("1:500") + HeaderSliceTests.fetch("501:1000")
                + HeaderSliceTests.fetch("1001:1500") + answers)
        let found = try await blocking { () throws(MailServerFailure) in
            let connection = try IMAPConnection.scripted(server)
            return try [(0, 1_000), (1_000, 1_500)].map {
                (after: UInt32, through: UInt32) throws(MailServerFailure) in
                let slice = try connection.headers(
                    in: .inbox, after: UID(rawValue: after), through: UID(rawValue: through), limit: 1_000,
                    fields: ["From", "Message-ID"], expecting: HeaderSliceTests.validity
                ).value
                return slice?.headers.map { Int($0.uid.rawValue) } ?? []
            }
        }
        return (found, await server.finish())
    }

    @Test(
        "that come next are asked for while one is read, and kept in whatever order they are answered",
        arguments: [
            Self.messages(1...500) + "S: 3 OK done\n" + Self.messages(501...1_000) + "S: 4 OK done\n"
                + Self.messages(1_001...1_500) + "S: 5 OK done\n",
            Self.messages(1...300) + Self.messages(501...700) + Self.messages(301...500) + "S: 3 OK done\n"
                + Self.messages(1_001...1_500) + Self.messages(701...1_000)
                + "S: 4 OK done\nS: 5 OK done\n",
            Self.messages(1_001...1_500) + "S: 5 OK done\n" + Self.messages(501...1_000) + "S: 4 OK done\n"
                + Self.messages(1...500) + "S: 3 OK done\n",
        ])
    func ahead(_ answers: String) async throws {
        let (found, record) = try await slices(answers)
        #expect(record.deviations == [])
        #expect(found == [Array(1...1_000), Array(1_001...1_500)])
    }

    @Test("that were asked for ahead and are missing are looked for again, one after another")
    func missingAhead() async throws {
        let (found, record) = try await slices(
            Self.messages(1...500) + "S: 3 OK done\n" + Self.messages(501...999) + "S: 4 NO try later\n"
                + Self.messages(1_001...1_500) + "S: 5 OK done\n" + HeaderSliceTests.search("1000", "1000")
                + HeaderSliceTests.fetch("1000") + HeaderSliceTests.message(1_000) + "S: {tag} OK done\n"
                + HeaderSliceTests.fetch("1001:1500") + Self.messages(1_001...1_500) + "S: {tag} OK done\n")
        #expect(record.deviations == [])
        #expect(found == [Array(1...1_000), Array(1_001...1_500)])
    }

    @Test("show when a server hung up on being asked ahead, and come one at a time where that is known")
    func cautious() async throws {
        let beginning =
            Transcript.imapLogin() + HeaderSliceTests.examine.replacing("UIDNEXT 100", with: "UIDNEXT 21")
            + HeaderSliceTests.search("1:20", "3 13") + HeaderSliceTests.fetch("3")
        let server = ScriptedServer(
            beginning + HeaderSliceTests.fetch("13") + "CLOSE",
            beginning + HeaderSliceTests.message(3) + "S: {tag} OK done\n" + HeaderSliceTests.fetch("13")
                + HeaderSliceTests.message(13)
                + "S: {tag} OK done\n")
        let found = try await blocking { () throws(MailServerFailure) in
            var uids: [UID] = []
            for asksAhead in [true, false] {
                let connection = try IMAPConnection.scripted(server)
                connection.asksAhead = asksAhead
                for (after, through): (UID, UID) in [(0, 10), (10, 20)] where connection.isUsable {
                    let reading = try? connection.headers(
                        in: .inbox, after: after, through: through, limit: 10,
                        fields: ["From", "Message-ID"], expecting: HeaderSliceTests.validity)
                    uids += reading?.value?.headers.map(\.uid) ?? []
                }
                #expect(connection.brokeAhead == asksAhead)
            }
            return uids
        }
        #expect(found == [3, 13])
        #expect(await server.finish().deviations == [])
    }

    @Test("that were asked for ahead and are not wanted any more are passed over")
    func unwanted() async throws {
        let server = ScriptedServer(
            Transcript.imapLogin()
                + HeaderSliceTests.examine.replacing("UIDNEXT 100", with: "UIDNEXT 21")
                + HeaderSliceTests.search("1:20", "3 13") + HeaderSliceTests.fetch("3")
                + HeaderSliceTests.fetch("13") + HeaderSliceTests.message(3)
                + "S: 3 OK done\n" + HeaderSliceTests.message(13) + "S: 4 OK done\n"
                + "C: … NOOP\nS: {tag} OK done\n")
        let uids = try await blocking { () throws(MailServerFailure) in
            let connection = try IMAPConnection.scripted(server)
            let slice = try connection.headers(
                in: .inbox, after: 0, through: 10, limit: 10, fields: ["From", "Message-ID"],
                expecting: HeaderSliceTests.validity
            ).value
            try connection.noop()
            return slice?.headers.map(\.uid)
        }
        #expect(uids == [3])
        #expect(await server.finish().deviations == [])
    }
}
