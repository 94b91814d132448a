import Foundation
import PurrMail
import PurrReplies
import Testing

/// What automatic mail and short wishes say, in many languages: a row each.
@Suite("Wording")
struct WordingTests {
    static func kind(_ text: String, subject: String, fields: String = "") -> Judgement.Kind {
        let header = """
            From: Kari <kari@customer.example.org>
            To: anna@example.org
            Subject: \(subject)
            Date: Tue, 11 Aug 2026 10:00:00 +0200
            Content-Type: text/plain; charset=utf-8

            """
        let message = IncomingMessage.read(Array((fields + header + "\n" + text).utf8))
        let received = Date(timeIntervalSince1970: 1_786_435_200)
        return judgement(of: message, in: Circumstances(alone: message, receivedAt: received)).kind
    }

    @Test(
        "R3.b: of somebody who has left is known as that",
        arguments: [
            "Kari Hansen no longer works at Customer. Please contact Per at per.hansen@customer.example.org.",
            "Thank you for your message. I have left Customer as of 1 July 2026. Please direct your enquiries to per.hansen@customer.example.org.",
            "I am no longer with Customer Ltd. For sales questions write to sales@customer.example.org",
            "Kari is no longer employed by the company.",
            "This employee is no longer with us, please use info@customer.example.org",
            "My last day at Customer was 31 July. Please contact Per.",
            "I have moved on from Customer. You can reach my successor Per at per@customer.example.org",
            "Please note that I have changed jobs and this mailbox is no longer monitored.",
            "Kari Hansen er ikke lenger ansatt hos oss. Ta kontakt med per@customer.example.org",
            "Jeg har sluttet i Customer. Kontakt Per på per@customer.example.org.",
            "Hei, jeg jobber ikke lenger her. Kontakt post@customer.example.org",
            "Jag har slutat på Customer. Vänligen kontakta per@customer.example.org.",
            "Kari Hansen arbetar inte längre kvar hos oss.",
            "Jeg er ikke længere ansat hos Customer. Kontakt venligst per@customer.example.org",
            "Kari Hansen er fratrådt sin stilling.",
            "En ole enää Customerin palveluksessa. Ota yhteyttä per@customer.example.org",
            "Kari Hansen ei ole enää yrityksen palveluksessa.",
            "Frau Hansen ist nicht mehr in unserem Unternehmen tätig. Bitte wenden Sie sich an per@customer.example.org.",
            "Ich arbeite nicht mehr bei Customer. Bitte wenden Sie sich an per@customer.example.org",
            "Ich habe das Unternehmen zum 30.06.2026 verlassen.",
            "Kari Hansen werkt niet meer bij Customer. Neem contact op met per@customer.example.org",
            "Ik ben niet langer werkzaam bij Customer.",
            "Je ne travaille plus chez Customer. Merci de contacter per@customer.example.org",
            "Kari Hansen ne fait plus partie de notre société.",
            "J'ai quitté la société le 31 juillet.",
            "Ya no trabajo en Customer. Por favor contacte con per@customer.example.org",
            "Kari Hansen ya no forma parte de la empresa.",
            "Já não trabalho na Customer. Por favor contacte per@customer.example.org",
            "Não faço mais parte do quadro de colaboradores da Customer.",
            "Non lavoro più presso Customer. Vi prego di contattare per@customer.example.org",
            "Kari Hansen non fa più parte dell'azienda.",
            "Nie pracuję już w Customer. Proszę o kontakt: per@customer.example.org",
            "Kari Hansen nie jest już pracownikiem naszej firmy.",
            "私は7月31日をもちまして退職いたしました。今後は per@customer.example.org までご連絡ください。",
            "本人已离职，请联系 per@customer.example.org",
        ])
    func left(_ text: String) {
        let fields = "Auto-Submitted: auto-replied\n"
        #expect(Self.kind(text, subject: "Automatic reply: The offer", fields: fields) == .left)
    }

    @Test(
        "R3.9: of a subject that only machines write is enough",
        arguments: [
            ("Out of Office: The offer", "I am out until Monday."),
            (
                "Out of Office Re: The offer",
                "I am on leave until 24 August. Contact reception for urgent matters."
            ),
            ("Automatic reply: The offer", "Thank you for your e-mail."),
            ("Automatisk svar: The offer", "Jeg er på ferie til 24. august."),
            ("Autosvar: The offer", "Jag är på semester."),
            ("Abwesenheitsnotiz: The offer", "Ich bin bis zum 24. August im Urlaub."),
            ("Automatische Antwort: The offer", "Ich bin nicht im Büro."),
            ("Réponse automatique : The offer", "Je suis en congés jusqu'au 24 août."),
            ("Absence du bureau : The offer", "Je suis absente."),
            ("Respuesta automática: The offer", "Estoy de vacaciones."),
            ("Resposta automática: The offer", "Estou de férias."),
            ("Risposta automatica: The offer", "Sono in ferie."),
            ("Automatisch antwoord: The offer", "Ik ben met vakantie."),
            ("Odpowiedź automatyczna: The offer", "Jestem na urlopie."),
            ("Automaattinen vastaus: The offer", "Olen lomalla."),
            ("自動応答: The offer", "休暇中です。"),
            ("自动回复: The offer", "我正在休假。"),
            (
                "Kari Hansen is out of the office",
                "I will be out of the office starting 08/10/2026 and will not return until 08/24/2026."
            ),
            (
                "AUTO: Kari Hansen er ikke på kontoret (kommer tilbake 24.08.2026)",
                "Jeg er ikke på kontoret."
            ),
            ("Autoreply: The offer", "Kari is away"),
            ("[Auto-Reply] The offer", "We got your mail"),
            ("Out of office", "Hello, I am on holidays."),
            ("I'm on vacation Re: The offer", "Back 24 August."),
        ])
    func subjects(_ subject: String, _ text: String) {
        #expect([.outOfOffice, .automatic].contains(Self.kind(text, subject: subject)))
    }

    @Test(
        "R3.7: of responders' own fields counts, whoever made the responder",
        arguments: [
            "X-Autoreply: yes",
            "X-Autorespond: The offer",
            "X-Auto-Response: yes",
            "Auto-Submitted: auto-replied; owner-email=\"kari@x\"",
            "Auto-Submitted: auto-replied (vacation)",
            "X-Autogenerated: Reply",
            "Precedence: auto_reply",
            "Precedence: junk",
            "X-FC-MachineGenerated: true",
            "X-Mailer: vacation",
            "X-Vacation: yes",
            "X-Auto-Reply-From: kari@customer.example.org",
            "X-Loop: autoreply",
            "X-Mailer: Autoresponder",
            "Auto-Submitted: auto-notified",
            "X-Zarafa-Vacation: yes",
            "X-Kolab-Vacation: yes",
            "X-Gm-Autoreply: 1",
            "X-Zimbra-Vacation: yes",
        ])
    func fields(_ field: String) {
        let kind = Self.kind("I am away until 24 August.", subject: "The offer", fields: field + "\n")
        #expect([.outOfOffice, .automatic].contains(kind))
    }

    @Test(
        "R3.a: of fields that say nothing leaves a person a person",
        arguments: [
            "Precedence: bulk", "Precedence: list", "X-Auto-Response-Suppress: All", "X-Autoreply: no",
            "X-Vacation: no", "X-MS-Exchange-Inbox-Rules-Loop: kari@customer.example.org",
            "Auto-Submitted: no", "X-Mailer: Apple Mail", "X-Loop: devel@lists.example.org",
        ])
    func noFields(_ field: String) {
        #expect(Self.kind("Tuesday suits me.", subject: "Re: The offer", fields: field + "\n") == .human)
    }

    @Test(
        "R3.8: of a wish to be left alone is heard",
        arguments: [
            "Please remove me from your list.",
            "unsubscribe",
            "Stop emailing me!",
            "Take me off this list, thanks",
            "Ikke kontakt meg igjen.",
            "Vennligst fjern meg fra listen deres.",
            "Sluta maila mig",
            "Fjern mig fra jeres liste, tak",
            "Poistakaa minut listalta",
            "Bitte nehmen Sie mich aus Ihrem Verteiler.",
            "Bitte keine weiteren Mails.",
            "Graag geen mails meer.",
            "Merci de ne plus me contacter.",
            "Merci de me retirer de votre liste",
            "No me escriba más por favor",
            "Por favor, remova meu e-mail da lista.",
            "Per favore non scrivetemi più.",
            "Proszę o usunięcie mojego adresu.",
            "配信停止をお願いします。",
            "请不要再发邮件给我",
            "Please don't email me again",
            "Not interested, please do not contact me again.",
            "Opt out",
            "STOP",
        ])
    func wishes(_ text: String) {
        #expect(Self.kind(text, subject: "Re: The offer") == .unsubscribe)
        // A robot's "reply STOP" is not a wish.
        let robot = Self.kind(text, subject: "Re: The offer", fields: "Auto-Submitted: auto-replied\n")
        #expect(robot != .unsubscribe)
    }

    @Test(
        "R3.8: of an answer that only mentions it is no wish",
        arguments: [
            """
            Could you unsubscribe Per from the weekly report and send it to me instead? And yes, \
            we want the offer: please send the contract to our legal department, they will get \
            back to you this week with the signature.
            """,
            "Don't stop the good work! Yes please.",
            "We will stop by your office on Tuesday.",
            "I have opted for the second option.",
            "Please stop by at ten.",
        ])
    func mentions(_ text: String) {
        #expect(Self.kind(text, subject: "Re: The offer") == .human)
    }
}
