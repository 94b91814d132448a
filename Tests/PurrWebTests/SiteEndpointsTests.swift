import Crypto
import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import Testing

@testable import PurrWeb

@Suite("Forms, pages and meetings")
struct SiteEndpointsTests {
    let world: WebWorld
    static let site = ["Origin": "http://www.example.test"]
    static let elsewhere = ["Origin": "https://evil.test"]

    init() throws { world = try WebWorld() }

    private func signals(_ world: WebWorld) throws -> Int {
        try world.store.read { transaction in
            try transaction.contacts(limit: 1_000).reduce(0) {
                try $0 + transaction.signals(of: $1.id).count
            }
        }
    }

    private func hasContact(_ email: String, _ world: WebWorld) throws -> Bool {
        try world.store.read { transaction in
            try transaction.contacts(limit: 1_000).contains { $0.email.text == email }
        }
    }

    @Test("S6.2: a form makes its sender a contact before it is answered, once for each key")
    func form() async throws {
        try await world.serving { client in
            for _ in 0..<3 {
                let reply = try #require(
                    await client.post(
                        "/f/demo", "email=new%40south.test&firstName=Ny&_key=k1", Self.site))
                #expect(reply.status == 200)
                #expect(reply.fields["access-control-allow-origin"] == "http://www.example.test")
            }
            let isKnown = try hasContact("new@south.test", world)
            #expect(isKnown)
            let count = try signals(world)
            #expect(count == 1)
        }
    }

    @Test("a form that a machine filled in is thanked for and thrown away")
    func trap() async throws {
        try await world.serving { client in
            let reply = await client.post("/f/demo", "email=bot%40south.test&_gotcha=x", Self.site)
            #expect(reply?.status == 200)
            let isKnown = try hasContact("bot@south.test", world)
            #expect(!isKnown)
        }
    }

    @Test(
        "a form without an address is refused and says why",
        arguments: ["", "email=", "email=nobody", "name=x"])
    func noAddress(body: String) async throws {
        try await world.serving { client in
            let reply = try #require(await client.post("/f/demo", body, Self.site))
            #expect(reply.status == 422)
            #expect(reply.text.contains("email"))
        }
    }

    @Test(
        "who filled in a form wrongly is told so in their language, and whoever made it in its own",
        arguments: [("en", "Please check your e‑mail address"), ("nb", "Sjekk e‑postadressen")])
    func badAddressPage(language: String, title: String) async throws {
        try await world.serving { client in
            let browser = Self.site.merging(
                ["Accept": "text/html,*/*;q=0.8", "Accept-Language": language]
            ) { $1 }
            let page = try #require(await client.post("/f/demo", "email=nobody&name=Kim", browser))
            #expect(page.status == 422)
            #expect(page.text.contains("<h1>\(title)</h1>"))
            #expect(!page.text.contains("field"))
            #expect(page.fields["access-control-allow-origin"] == "http://www.example.test")
            let words = try #require(await client.post("/f/demo", "email=nobody&name=Kim", Self.site))
            #expect(words.text.contains("it needs a field \"email\""))
        }
    }

    @Test("sites that are not on the list are refused, before and at the post")
    func origins() async throws {
        try await world.serving { client in
            let asked = try #require(await client.request("OPTIONS", "/f/demo", Self.site))
            #expect(asked.status == 204)
            #expect(asked.fields["access-control-allow-origin"] == "http://www.example.test")
            let refused = try #require(await client.request("OPTIONS", "/f/demo", Self.elsewhere))
            #expect(refused.status == 403)
            #expect(refused.fields["access-control-allow-origin"] == nil)
            #expect(await client.post("/f/demo", "email=a%40b.test", Self.elsewhere)?.status == 403)
            let isKnown = try hasContact("a@b.test", world)
            #expect(!isKnown)
        }
    }

    @Test("S6.2: a page view is known by the token of a clicked link, and by nothing else")
    func view() async throws {
        try await world.serving { client in
            let type = Self.site.merging(["Content-Type": "text/plain"]) { $1 }
            func body(_ token: String, _ url: String) -> String {
                "{\"token\":\"\(token)\",\"url\":\"\(url)\",\"key\":\"v1\"}"
            }
            let page = "http://www.example.test/prices"
            for _ in 0..<2 {
                #expect(await client.post("/v", body(world.token(.page), page), type)?.status == 204)
            }
            for (token, url) in [
                (world.token(.click), page), ("", page), (world.token(.page), "https://evil.test/"),
                (world.token(.page), "javascript:alert(1)"),
            ] {
                #expect(await client.post("/v", body(token, url), type)?.status == 400, "\(url)")
            }
            let count = try signals(world)
            #expect(count == 1)
        }
    }

    static let booking =
        #"{"triggerEvent":"BOOKING_CREATED","createdAt":"2026-11-23T09:00:00.000Z","payload":{"uid":"b1","startTime":"2026-11-25T09:00:00Z","attendees":[{"email":"kari@north.test","name":"Kari"}]}}"#

    private func digits(_ text: String, _ secret: String) -> String {
        HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: Data(secret.utf8)))
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test(
        "S6.3: a meeting that Cal.com reports with its signature ends the sequence; without, nothing happens"
    )
    func calCom() async throws {
        let secret = "a secret of Cal.com's"
        try Commands(store: world.store, now: world.start).setMeetingSource(
            "kari-cal", .calCom, secret: secret, vault: world.vault)
        let sources = try Commands(store: world.store, now: world.start).meetingSources()
        #expect(sources.map(\.name) == ["kari-cal"] && sources.map(\.kind) == ["cal.com"])
        #expect(sources.first?.postsTo.hasSuffix("/m/kari-cal") ?? false)
        let before = try world.standing()
        try await world.serving { client in
            func post(_ body: String, _ signature: String?, _ path: String = "/m/kari-cal") async -> Int? {
                var fields = ["Content-Type": "application/json"]
                fields["X-Cal-Signature-256"] = signature
                return await client.post(path, body, fields)?.status
            }
            let signature = digits(Self.booking, secret)
            #expect(await post(Self.booking, nil) == 403)
            #expect(await post(Self.booking, digits(Self.booking, "another secret")) == 403)
            #expect(await post(Self.booking + " ", signature) == 403)
            #expect(await post(Self.booking, signature, "/m/nobody") == 403)
            let untouched = try world.standing()
            #expect(untouched == before)
            for _ in 0..<2 { #expect(await post(Self.booking, signature) == 200) }
            let after = try world.standing()
            #expect(after.contains("\(world.enrollment) unenrolled"))
        }
    }

    @Test("Calendly's signature holds for five minutes")
    func calendly() {
        let secret = "a signing key of Calendly"
        let body = Array(#"{"event":"invitee.created"}"#.utf8)
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        func isValid(_ seconds: Int, _ text: String = #"{"event":"invitee.created"}"#) -> Bool {
            WebhookSignature.isValid(
                "t=\(seconds),v1=\(digits("\(seconds).\(text)", secret))", of: body, from: .calendly,
                secret: secret, now: now)
        }
        #expect(isValid(1_800_000_000))
        #expect(isValid(1_799_999_701))
        #expect(!isValid(1_799_999_699))
        #expect(!isValid(1_800_000_301))
        #expect(!isValid(1_800_000_000, "{}"))
        for field in [
            "", "t=1", "v1=00", "t=x,v1=y", "t=1800000000,v1=" + String(repeating: "0", count: 64),
        ] {
            #expect(
                !WebhookSignature.isValid(field, of: body, from: .calendly, secret: secret, now: now),
                "\(field)")
        }
    }

    struct Webhook: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var source: MeetingSource
        var body: String
        var expected: MeetingNotice.Reading
    }

    @Test(arguments: [
        Webhook(
            testDescription: "Cal.com: booked", source: .calCom, body: booking,
            expected: .notice(
                MeetingNotice(
                    news: .booked, attendees: ["kari@north.test"],
                    start: Date(timeIntervalSince1970: 1_795_597_200), key: "booking_created:b1"))),
        Webhook(
            testDescription: "Cal.com: cancelled", source: .calCom,
            body: #"{"triggerEvent":"BOOKING_CANCELLED","payload":{"uid":"b1","attendees":[]}}"#,
            expected: .notice(
                MeetingNotice(news: .canceled, attendees: [], start: nil, key: "booking_cancelled:b1"))),
        Webhook(
            testDescription: "Cal.com: something else", source: .calCom,
            body: #"{"triggerEvent":"PING"}"#, expected: .other),
        Webhook(testDescription: "Cal.com: nothing", source: .calCom, body: "", expected: .unreadable),
        Webhook(
            testDescription: "Cal.com: without an id", source: .calCom,
            body: #"{"triggerEvent":"BOOKING_CREATED","payload":{"attendees":[]}}"#, expected: .unreadable),
        Webhook(
            testDescription: "Calendly: booked", source: .calendly,
            body:
                #"{"event":"invitee.created","payload":{"email":"kari@north.test","uri":"https://api.calendly.com/i/1","scheduled_event":{"start_time":"2026-11-25T09:00:00.000000Z"}}}"#,
            expected: .notice(
                MeetingNotice(
                    news: .booked, attendees: ["kari@north.test"],
                    start: Date(timeIntervalSince1970: 1_795_597_200),
                    key: "invitee.created:https://api.calendly.com/i/1"))),
        Webhook(
            testDescription: "Calendly: of another shape", source: .calendly,
            body: #"{"event":"invitee.created","payload":[]}"#, expected: .unreadable),
    ])
    func webhook(_ example: Webhook) {
        #expect(MeetingNotice.reading(Array(example.body.utf8), of: example.source) == example.expected)
    }
}
