import Foundation
import MailServers
import PurrMail
import PurrMailbox
import PurrTransport
import Testing

@Suite("A real mail host")
struct RealHostTests {
    let user = MailHost.newUser()
    let host: MailHost

    init() async { host = await MailHost.shared() }

    private func endpoint(_ port: Int, _ security: Endpoint.Security) -> Endpoint {
        Endpoint(host: "localhost", port: port, security: security, caFile: host.ports.ca)
    }

    private var credential: Credential { .password(user: user, password: host.ports.password) }
    private var imaps: Endpoint { endpoint(host.ports.imaps, .tls) }

    private func message(_ id: String, _ extra: String = "") -> [UInt8] {
        Array(
            "From: \(user)\r\nTo: \(user)\r\nSubject: hi\r\nMessage-ID: <\(id)>\r\n\(extra)\r\nHello\r\n.dot\r\n"
                .utf8)
    }

    @Test("is reached on all four ports")
    func ports() async throws {
        let (ports, credential) = (host.ports, credential)
        let imap = [endpoint(ports.imaps, .tls), endpoint(ports.imap, .starttls)]
        let smtp = [endpoint(ports.submissions, .tls), endpoint(ports.submission, .starttls)]
        try await blocking { () throws(MailServerFailure) in
            for endpoint in imap {
                #expect(
                    try IMAPConnection.open(endpoint, credential: credential).capabilities.contains("IDLE"))
            }
            for endpoint in smtp {
                #expect(try SubmissionConnection.open(endpoint, credential: credential).mostBytes != nil)
            }
        }
    }

    /// On a host of its own, because Dovecot makes all who come from an address wait after a failure.
    @Test("refuses a wrong password")
    func wrongPassword() async throws {
        let host = try await MailHost.another(["--users", "kari@north.test"])
        let wrong = Credential.password(user: "kari@north.test", password: "wrong")
        let imap = Endpoint(
            host: "localhost", port: host.ports.imaps, security: .tls, caFile: host.ports.ca)
        let smtp = Endpoint(
            host: "localhost", port: host.ports.submissions, security: .tls, caFile: host.ports.ca)
        async let first = pool.perform {
            Outcome { () throws(MailServerFailure) in try IMAPConnection.open(imap, credential: wrong) }
        }
        async let second = pool.perform {
            Outcome { () throws(MailServerFailure) in try SubmissionConnection.open(smtp, credential: wrong)
            }
        }
        #expect(await first.reason == .loginRefused)
        #expect(await second.reason == .loginRefused)
    }

    @Test("takes a mail that idling then hears of, and gives it back byte for byte")
    func roundTrip() async throws {
        let (user, credential, imaps) = (user, credential, imaps)
        let bytes = message("round-trip@north.test")
        let submission = endpoint(host.ports.submission, .starttls)
        let watch = IdleWatch()
        let connection = try await blocking { () throws(MailServerFailure) in
            try IMAPConnection.open(imaps, credential: credential)
        }
        let before = try await blocking { () throws(MailServerFailure) in
            try connection.startIdle(in: .inbox)
        }
        #expect(before.messages == 0)
        let verdict = try await blocking { () throws(MailServerFailure) -> SubmissionTests.Verdict in
            let submission = try SubmissionConnection.open(submission, credential: credential)
            guard let address = EmailAddress(user) else { return .failed(.configuration) }
            let opening = submission.open(from: address, to: address, size: bytes.count)
            let delivery = opening == .ready ? submission.deliver(bytes) : nil
            submission.quit()
            return SubmissionTests.verdict(opening, delivery)
        }
        guard case .accepted = verdict else {
            Issue.record("\(verdict)")
            return
        }
        var hasNews = false
        while !hasNews {
            hasNews = try await blocking { () throws(MailServerFailure) in try connection.news() }
            guard !hasNews else { break }
            try #require(await watch.readable(connection.socket, until: .after(.seconds(20))) == .readable)
        }
        let (found, received) = try await blocking { () throws(MailServerFailure) -> ([UID], [UInt8]?) in
            try connection.stopIdle()
            guard let id = MessageID("round-trip@north.test") else { return ([], nil) }
            let found = try connection.find([id], in: .inbox)
            guard let uid = found.first else { return (found, nil) }
            return (
                found,
                try connection.message(in: .inbox, uid: uid, expecting: before.uidValidity).value ?? nil
            )
        }
        #expect(found == [before.uidNext])
        let text = String(decoding: try #require(received), as: UTF8.self)
        #expect(text.contains("Subject: hi\r\nMessage-ID: <round-trip@north.test>\r\n"))
        #expect(text.hasSuffix("\r\n\r\nHello\r\n.dot\r\n"))
    }

    @Test("refuses recipients that do not exist, and goes on")
    func refusal() async throws {
        let (user, credential) = (user, credential)
        let submissions = endpoint(host.ports.submissions, .tls)
        let verdicts = try await blocking { () throws(MailServerFailure) -> [SubmissionTests.Verdict] in
            let connection = try SubmissionConnection.open(submissions, credential: credential)
            guard let me = EmailAddress(user), let nowhere = EmailAddress("x@unknown.invalid") else {
                return []
            }
            let bytes = Array("Subject: x\r\n\r\nx\r\n".utf8)
            return [nowhere, me].map { to in
                let opening = connection.open(from: me, to: to, size: bytes.count)
                return SubmissionTests.verdict(opening, opening == .ready ? connection.deliver(bytes) : nil)
            }
        }
        guard case .accepted? = verdicts.last else {
            Issue.record("\(verdicts)")
            return
        }
    }

    @Test("lists, counts and files")
    func folders() async throws {
        let (credential, imaps) = (credential, imaps)
        let copies = (1...3).map { message("copy-\($0)@north.test", "X-Root: <root@north.test>\r\n") }
        let date = Date(timeIntervalSince1970: 1_700_000_000)
        try await blocking { () throws(MailServerFailure) in
            let connection = try IMAPConnection.open(imaps, credential: credential)
            let folders = try connection.folders()
            #expect(
                Set(folders.map(\.role)).isSuperset(of: [.inbox, .sent, .junk, .trash, .archive, .drafts]))
            guard let sent = folders.first(where: { $0.role == .sent })?.name,
                let root = MessageID("root@north.test")
            else {
                Issue.record("No folder for sent mail")
                return
            }
            for copy in copies { try connection.append(copy, to: sent, at: date, seen: true) }
            // Straight after work in the folder: STATUS must not be of an open one.
            #expect(try connection.find([root], in: sent, fields: ["X-Root"]).count == 3)
            let names = folders.filter(\.isSelectable).map(\.name) + [FolderName(wire: "Nowhere")]
            let answers = try connection.status(of: names)
            #expect(answers.count == names.count)
            guard case .status(let status)? = answers[sent],
                case .refused? = answers[FolderName(wire: "Nowhere")]
            else {
                Issue.record("\(answers)")
                return
            }
            #expect(status.messages == 3)
            let slice = try connection.headers(
                in: sent, after: 0, through: UID(rawValue: status.uidNext.rawValue - 1), fields: ["X-Root"],
                expecting: status.uidValidity
            ).value
            #expect(slice?.headers.map(\.receivedAt) == [date, date, date])
            #expect(
                slice?.headers.first.map { String(decoding: $0.bytes, as: UTF8.self) }
                    == "X-Root: <root@north.test>\r\n\r\n")
            let recent = try connection.recent(in: sent, since: date, expecting: status.uidValidity)
            #expect(recent.value == .some(slice?.headers.first?.uid))
            let none = try connection.recent(
                in: sent, since: date.addingTimeInterval(864_000), expecting: status.uidValidity)
            #expect(none.value == .some(nil))
            connection.close()
        }
    }

    @Test("gives out a folder slice by slice, without a gap")
    func slices() async throws {
        let (credential, imaps) = (credential, imaps)
        let copy = message("many@north.test")
        let archive = FolderName(wire: "Archive")
        let (count, through, next) = try await blocking { () throws(MailServerFailure) -> (Int, UID, UID) in
            let connection = try IMAPConnection.open(imaps, credential: credential)
            for _ in 0..<250 {
                try connection.append(copy, to: archive, at: Date(timeIntervalSince1970: 0), seen: true)
            }
            guard case .status(let status)? = try connection.status(of: [archive])[archive] else {
                return (0, 0, 0)
            }
            var found: Set<UID> = []
            var cursor: UID = 0
            while cursor.rawValue + 1 < status.uidNext.rawValue {
                let reading = try connection.headers(
                    in: archive, after: cursor, through: UID(rawValue: status.uidNext.rawValue - 1),
                    limit: 70,
                    fields: ["Message-ID"], expecting: status.uidValidity)
                guard let slice = reading.value else { break }
                found.formUnion(slice.headers.map(\.uid))
                cursor = slice.through
            }
            return (found.count, cursor, status.uidNext)
        }
        #expect(count == 250)
        #expect(through.rawValue + 1 == next.rawValue)
    }
}
