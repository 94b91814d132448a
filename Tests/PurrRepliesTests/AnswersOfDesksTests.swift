import Foundation
import PurrMail
import PurrReplies
import Testing

/// R3.7: helpdesks stamp `Auto-Submitted: auto-generated` on what people type; a person's answer is told from
/// an acknowledgement by what it says.
@Suite("Answers of helpdesks")
struct AnswersOfDesksTests {
    static func kind(_ text: String, subject: String = "Re: A question about welding") -> Judgement.Kind {
        WordingTests.kind(
            text, subject: subject,
            fields: "Auto-Submitted: auto-generated\nIn-Reply-To: <step1.4f2a@example.org>\n")
    }

    @Test(
        "a person who asks, refuses or wants something is human, whatever notices say too",
        arguments: [
            "Hi Anna,\n\nplease confirm the price for twelve welders, then I order.\n\nKari",
            "Hello Anna, our office is closed on Thursday. Could we speak on Friday?\n\nKari",
            "Thanks for your email. Not for us.\n\nKari",
            "Thank you for your message. Per is on parental leave, so I answer. Send us the price list.\n\nKari",
            "Hi, Per no longer works in the workshop. What do you need?\nKari",
            "Sorry, I was out of office. Call me.",
            "I am out of the office until Monday, but let's talk on Tuesday.",
            "We got your request and talked about it. The money for this year is spent, ask again in January.",
            "A ticket has been created for your mail, but tell me first what a welder costs.",
            "Your mail was in quarantine. I have read it now and like it: 12 May at ten?",
            "This is not an automatic reply, I do want twelve of them.",
            "Vielen Dank für Ihre Nachricht. Bitte bestätigen Sie uns den Preis für zwölf Geräte.",
            "Merci pour votre message. Pas pour nous.",
            "Takk for din henvendelse. Vi har allerede nok maskiner.",
            "No thank you.",
            "Grazie per la mail, ma abbiamo già tutto.",
            "Thank you for your email, but we have enough machines.",
            "Hola, su solicitud ha sido revisada por nuestro director. Llámele el jueves.",
            "Ihre Anfrage wurde an den Einkauf gegeben, und der sagt ab.",
            "Thank you for your message. Please contact Per Olsen, he buys our machines.",
        ])
    func person(text: String) { #expect(Self.kind(text) == .human) }

    @Test(
        "an acknowledgement is none, in the thread and under its subject too",
        arguments: [
            "Hello,\n\nyour request (4711) has been received and is being reviewed by our support staff.\n\nTo add additional comments, reply to this email.",
            "We received your message. One of our agents will answer as soon as possible.\n\nYour Customer team",
            "Su solicitud ha sido registrada con el número 4711.",
            "Wir haben Ihre E-Mail erhalten. Dies ist eine automatische Antwort, bitte antworten Sie nicht.",
            "Hemos recibido su solicitud. Le responderemos lo antes posible.",
            "Vielen Dank für Ihre Nachricht. Ihre Anfrage ist bei uns eingegangen und wird schnellstmöglich bearbeitet.",
            "Vi har mottatt din henvendelse og svarer så snart vi kan.",
            "Thank you for your email. Our office is closed until 2 January. In urgent cases contact the hotline.",
            "I am out of the office without access to email. I will be back on 5 May. Please contact Per meanwhile.",
            "Thank you for contacting us! Our office is currently closed, we answer as soon as possible.\n\nOur business hours are 8 to 16.",
            "Kari Hansen no longer works here. Please contact Per at per@customer.example.org.",
        ])
    func machine(text: String) { #expect(Self.kind(text) != .human) }

    @Test(
        "an order to responders in a field's name is no sign of one",
        arguments: [
            "X-IgnoreVacation: yes", "X-No-AutoReply: 1", "X-Disable-AutoResponder: true",
            "X-Auto-Response-Suppress: All",
        ])
    func order(field: String) {
        #expect(
            WordingTests.kind("Yes.", subject: "Re: A question about welding", fields: field + "\n")
                == .human)
    }

    @Test("a form that says so itself is automatic; a person who says the contrary is not")
    func ownWord() {
        #expect(
            WordingTests.kind(
                "Thank you for contacting Customer. We have received your message.\n\nThis is an automated message, please do not reply.",
                subject: "Your message to Customer") == .automatic)
        #expect(
            WordingTests.kind(
                "Tack, vi har mottagit din fråga. Detta är ett automatiskt genererat meddelande.",
                subject: "Vi har mottagit ditt meddelande") != .human)
        #expect(
            WordingTests.kind(
                "We have received your offer. This is not an automated message: please call me.",
                subject: "Welders") == .human)
    }

    /// A system's name in front of an answer.
    @Test(
        "R3.3: an administrator who answers is a person",
        arguments: [
            "Your mail was rejected with 550 5.7.1, because your SPF record lacks an address. Please mend it.",
            "Sent once more, please try again.\n\n> Delivery has failed to these recipients:\n> kari@customer.example.org\n> 550 5.1.1 User unknown\n> Message-ID: <step1.4f2a@example.org>\n",
            "The mailbox was full. What did you want?\n\n-----Original Message-----\nFrom: Anna\nSubject: Undeliverable: Welders\n\nwhy?",
        ])
    func administrator(text: String) {
        for from in [
            "Postmaster <postmaster@customer.example.org>",
            "System Administrator <it@customer.example.org>",
        ] {
            let message = IncomingMessage.read(
                Array("From: \(from)\nTo: anna@example.org\nSubject: Re: Undelivered Mail\n\n\(text)".utf8))
            let judgement = judgement(
                of: message,
                in: Circumstances(alone: message, receivedAt: Date(timeIntervalSince1970: 1_786_435_200)))
            #expect(judgement.kind == .human)
        }
    }

    @Test("R3.3: old systems that answer with a refused recipient still report")
    func systemsThatAnswer() {
        let message = IncomingMessage.read(
            Array(
                """
                From: post_master@mx.customer.example.org
                To: anna@example.org
                Subject: Re:Welders

                Error message below:
                550 - no such user here

                RCPT TO: kari@customer.example.org
                """.utf8))
        let judgement = judgement(
            of: message, in: Circumstances(receivedAt: Date(timeIntervalSince1970: 1_786_435_200)))
        #expect(judgement.kind == .bounce)
    }

    @Test("R3.3: who names an address in a sentence, under a path of his own, proves nothing")
    func swindler() {
        let message = IncomingMessage.read(
            Array(
                """
                Return-Path: <prize@parcels.example.net>
                From: postmaster@parcels.example.net
                To: anna@example.org
                Subject: Delivery failure notice

                Your parcel could not be delivered. Write to agent@customer.example.org, the fee is 550 dollars.
                """.utf8))
        let judgement = judgement(
            of: message, in: Circumstances(receivedAt: Date(timeIntervalSince1970: 1_786_435_200)))
        #expect(judgement.proof == .none)
    }

    /// A person who passes a report on, as mail programs do it.
    @Test(
        "R3.3: a report that a person passes on or answers is that person's mail",
        arguments: [
            "Fwd: Undelivered Mail Returned to Sender", "WG: Unzustellbar: Angebot", "Undelivered mail",
            "My mail to you: delivery failure", "Re: Undeliverable: Welders",
        ])
    func passedOn(subject: String) {
        let notice = """
            Your message could not be delivered.

            <ana@example.org>: 550 5.1.1 User unknown

            Received: from a by b; Tue, 11 Aug 2026 10:00:00 +0200
            Message-ID: <1@customer.example.org>
            From: kari@customer.example.org
            """
        let texts = [
            "Hi, this was not delivered. Which address is right?\n\n---------- Forwarded message ---------\n"
                + notice,
            "Hi, I get this when I write to you:\n\n" + notice,
            "Hi, this was not delivered:\n\n"
                + notice.split(separator: "\n").map { "> " + $0 }.joined(separator: "\n"),
        ]
        for text in texts { #expect(WordingTests.kind(text, subject: subject) == .human) }
        for type in ["delivery-status", "feedback-report", "disposition-notification"] {
            let parts = """
                MIME-Version: 1.0
                Content-Type: multipart/mixed; boundary=b
                From: Kari <kari@customer.example.org>
                To: anna@example.org
                Subject: Fwd: \(subject)

                --b

                Hi, this came back. Which address is right?
                --b
                Content-Type: message/\(type)

                Feedback-Type: abuse
                Disposition: manual-action/MDN-sent-manually; displayed
                Final-Recipient: rfc822; ana@example.org
                Action: failed
                Status: 5.1.1
                --b--
                """
            let message = IncomingMessage.read(Array(parts.utf8))
            let judgement = judgement(
                of: message,
                in: Circumstances(alone: message, receivedAt: Date(timeIntervalSince1970: 1_786_435_200)))
            #expect(judgement.kind == .human, "\(type)")
        }
    }

    @Test("R3.3: a list or a tracker that speaks of a failure reports none")
    func trackers() {
        let text =
            "Steps:\n\n<per@customer.example.org>: host said: 550 5.1.1 User unknown\n\nIt could not be delivered."
        for field in [
            "List-Id: <mail.customer.example.org>\n", "List-Unsubscribe: <https://customer.example.org>\n",
        ] {
            #expect(
                WordingTests.kind(
                    text, subject: "[mail] Undelivered Mail is not parsed (#7)", fields: field)
                    == .human)
        }
    }

    @Test("R3.9: an absence and nothing else, without a return path, is automatic even under Re:")
    func absence() {
        let text = "I am on vacation until 24 August. Please contact Per meanwhile."
        let path = "Return-Path: <>\n"
        #expect(WordingTests.kind(text, subject: "Re: Welders", fields: path) == .outOfOffice)
        #expect(WordingTests.kind(text, subject: "Re: Welders") == .human)
        #expect(
            WordingTests.kind(
                text + " Your offer looks right, send it.", subject: "Re: Welders", fields: path)
                == .human)
    }

    @Test("R3.9: who answers under a new subject of an absence, or names the evening, is a person")
    func subjects() {
        let thread = "In-Reply-To: <step1.4f2a@example.org>\n"
        #expect(
            WordingTests.kind(
                "I'm on vacation but your welder looks right. Let us talk on the 12th.",
                subject: "I'm on vacation",
                fields: thread) == .human)
        #expect(
            WordingTests.kind(
                "Please call in the evening. Kari", subject: "Out of office hours", fields: thread)
                == .human)
    }

    @Test("R3.3: a domain that DNS does not have is hard, although the report's code is for today")
    func missingDomain() {
        #expect(
            ReasonTests.isHard(
                "4.0.0",
                "DNS Error: DNS type 'mx' lookup of customer.example.org responded with code NXDOMAIN"))
        #expect(ReasonTests.isHard("5.0.0", "500 (err.nosuchuser)"))
        #expect(ReasonTests.isHard("5.0.0", "550 Mailbox ( kari@customer.example.org ) not found"))
        #expect(!ReasonTests.isHard("5.0.0", "550 The user does not accept email in this character set"))
        #expect(!ReasonTests.isHard("4.4.1", "connect to mx.customer.example.org: Connection timed out"))
    }
}
