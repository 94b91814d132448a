import Crypto
import Foundation
import PurrMail
import PurrSequences
import PurrStore
import Testing

@testable import PurrEngine

@Suite("Links of ours in a mail")
struct WebLinksTests {
    let world: CommandsWorld
    let tokens = LinkTokens(key: SymmetricKey(size: .bits256))
    static let body = """
        Hello, see [our offer](https://example.org/offer?a=1&b=2) and <http://example.org/plain>.

        Write to [us](mailto:us@example.org). ![logo](https://example.org/logo.png)
        """

    init() async throws {
        world = try await CommandsWorld()
        _ = try world.commands().addTemplates([world.template("hello", body: Self.body)])
        try world.apply(CommandsWorld.sequence)
    }

    /// The first mail, with links of ours or without any.
    private func mail(_ tracking: Tracking?, url: String = "https://go.example.org") throws -> (
        text: String, targets: [String]
    ) {
        let id =
            try world.store.read { try $0.enrollments(limit: 1).first?.id } ?? world.enrollKari()
        return try world.store.write { transaction in
            let enrollment = try #require(try transaction.enrollment(id))
            let sequence = try #require(try transaction.sequence(enrollment.sequence))
            let mailbox = try #require(try transaction.mailbox(enrollment.mailbox))
            let composer = Composer(
                enrollment: enrollment, sequence: sequence,
                version: try #require(try world.commands().version(of: enrollment, in: transaction)),
                contact: try #require(try transaction.contact(enrollment.contact)), mailbox: mailbox,
                settings: try #require(Document.value(MailboxSettings.self, from: mailbox.settings)),
                owner: nil, earlier: [])
            var links = try tracking.map { tracking in
                MailLinks(
                    tokens: tokens, url: try #require(PublicURL(url)), mail: WebMailID(rawValue: 7),
                    tracking: tracking, targets: [])
            }
            let mail = try composer.mail(
                of: try #require(composer.version.steps.first),
                messageID: try #require(MessageID("one@example.org")), at: world.start, links: &links,
                bytesOf: { _ in [] })
            // Quoted-printable folded lines are joined, so that addresses can be looked for.
            let text = String(decoding: mail.bytes, as: UTF8.self).replacing("=\r\n", with: "")
                .replacing("=3D", with: "=").replacing("\r\n ", with: " ")
            return (text, links?.targets ?? [])
        }
    }

    /// Without what offers the one-click post.
    private func withoutOptOut(_ text: String) -> [Substring] {
        text.split(separator: "\r\n", omittingEmptySubsequences: false).filter {
            !$0.hasPrefix("List-Unsubscribe")
        }
    }

    @Test(
        "with tracking off nothing is rewritten: the mail is the same, byte for byte, but for the way out")
    func off() throws {
        let with = try mail(.off)
        let without = try mail(nil)
        #expect(withoutOptOut(with.text) == withoutOptOut(without.text))
        #expect(with.targets.isEmpty)
        #expect(!without.text.contains("go.example.org"))
    }

    @Test("M1.4: the one-click post is offered at a proven https address, and mail always works")
    func headers() throws {
        let text = try mail(.off).text
        let token = tokens.token(for: .unsubscribe, LinkTokens.Content(mail: WebMailID(rawValue: 7)))
        #expect(
            text.contains(
                "<https://go.example.org/u/\(token)>, <mailto:sam@example.org?subject=unsubscribe"))
        #expect(text.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"))
    }

    @Test("M1.4: no one-click post without https, and none without a public URL")
    func headersWithoutSecurity() async throws {
        let plain = try mail(.off, url: "http://127.0.0.1:8025").text
        #expect(!plain.contains("List-Unsubscribe-Post"))
        #expect(plain.contains("List-Unsubscribe: <mailto:"))
    }

    @Test("clicks lead web links past us, in text and HTML, and leave addresses and pictures alone")
    func clicks() throws {
        let mail = try mail(.clicks)
        #expect(mail.targets == ["https://example.org/offer?a=1&b=2", "http://example.org/plain"])
        for position in 0...1 {
            let token = tokens.token(
                for: .click, LinkTokens.Content(mail: WebMailID(rawValue: 7), position: position))
            #expect(mail.text.contains("(https://go.example.org/c/\(token))"))
            #expect(mail.text.contains("href=\"https://go.example.org/c/\(token)\""))
        }
        #expect(mail.text.contains("mailto:us@example.org"))
        #expect(mail.text.contains("src=\"https://example.org/logo.png\""))
        #expect(!mail.text.contains(".gif"))
    }

    @Test("opens add one picture to the HTML and touch no link")
    func opens() throws {
        let mail = try mail(.opens)
        let token = tokens.token(for: .open, LinkTokens.Content(mail: WebMailID(rawValue: 7)))
        #expect(mail.text.contains("<img src=\"https://go.example.org/o/\(token).gif\""))
        #expect(mail.text.contains("href=\"https://example.org/offer?a=1&amp;b=2\""))
        #expect(mail.targets.isEmpty)
    }

    @Test("no personal data stands in an address of ours")
    func privacy() throws {
        let text = try mail(.both).text
        for match in text.matches(of: /https:\/\/go\.example\.org\/[^"\s>)]*[^"\s>).]/) {
            #expect(
                match.output.contains(/^https:\/\/go\.example\.org\/[cou]\/[A-Za-z0-9_-]{20,40}(\.gif)?$/))
        }
    }

    @Test("tracking is refused until a public URL has passed its self-test, and nothing is changed")
    func refusal() throws {
        let file = CommandsWorld.sequence.replacing("09:00-16:30\"", with: "09:00-16:30\", tracking: both")
        let error = #expect(throws: CommandError.self) { try world.apply(file) }
        #expect(error?.kind == .configuration)
        #expect(error?.text.contains("purr web check") == true)
        var change = WebChange()
        change.publicURL = "https://go.example.org"
        let settings = try world.commands().setUpWeb(change)
        #expect(throws: CommandError.self) { try world.apply(file) }
        #expect(try world.commands().noteWebCheck(of: #require(settings.publicURL), hasPassed: true))
        try world.apply(file)
        let tracked = try world.commands().webReport().trackingSequences
        #expect(tracked == ["intro"])
        // Another address has to prove itself anew.
        change.publicURL = "https://other.example.org"
        #expect(try world.commands().setUpWeb(change).passedAt == nil)
    }
}
