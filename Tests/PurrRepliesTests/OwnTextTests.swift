import Foundation
import PurrMail
import PurrReplies
import Testing

/// R3.g: what a sender wrote, apart from quotes and signatures, in the styles of many clients and languages.
@Suite("Own text")
struct OwnTextTests {
    static let own = "Tuesday suits us well.\nKari"

    static func ownText(_ body: String, type: String = "plain") -> String {
        let message = IncomingMessage.read(
            Array(
                """
                From: Kari <kari@customer.example.org>
                To: anna@example.org
                Subject: Re: The offer
                In-Reply-To: <step1.4f2a@example.org>
                Content-Type: text/\(type); charset=utf-8

                \(body)
                """.utf8))
        let received = Date(timeIntervalSince1970: 1_786_435_200)
        return judgement(of: message, in: Circumstances(alone: message, receivedAt: received)).ownText
    }

    @Test("R3.g: leaves out a helpdesk's line above which answers are typed")
    func replyMark() {
        #expect(Self.ownText("##- Please type your reply above this line -##\n\n" + Self.own) == Self.own)
        #expect(Self.ownText("Reply above this line.\n\n" + Self.own) == Self.own)
    }

    @Test(
        "R3.g: ends before the line that says who wrote the quote, folded or not",
        arguments: [
            "On Mon, Aug 10, 2026 at 9:00 AM Anna <anna@example.org> wrote:",
            "man. 10. aug. 2026 kl. 09:00 skrev Anna <anna@example.org>:",
            "Den mån 10 aug. 2026 kl 09:00 skrev Anna <anna@example.org>:",
            "Den man. 10. aug. 2026 kl. 09.00 skrev Anna <anna@example.org>:",
            "ma 10. elok. 2026 klo 9.00 Anna (anna@example.org) kirjoitti:",
            "Am Mo., 10. Aug. 2026 um 09:00 Uhr schrieb Anna <anna@example.org>:",
            "Op ma 10 aug 2026 om 09:00 schreef Anna <anna@example.org>:",
            "Le lun. 10 août 2026 à 09:00, Anna <anna@example.org> a écrit :",
            "El lun, 10 ago 2026 a las 9:00, Anna (<anna@example.org>) escribió:",
            "Em seg., 10 de ago. de 2026 às 09:00, Anna <anna@example.org> escreveu:",
            "Il giorno lun 10 ago 2026 alle ore 09:00 Anna <anna@example.org> ha scritto:",
            "pon., 10 sie 2026 o 09:00 Anna <anna@example.org> napisał(a):",
            "2026年8月10日(月) 9:00 Anna <anna@example.org>:",
            "Anna <anna@example.org> 于2026年8月10日周一 09:00写道：",
            "2026년 8월 10일 (월) 오전 9:00, Anna <anna@example.org>님이 작성:",
            "пн, 10 авг. 2026 г. в 09:00, Anna <anna@example.org>:",
            "po 10. 8. 2026 v 9:00 odesílatel Anna <anna@example.org> napsal:",
            "On 8/10/26 09:00, Anna wrote:",
            "Am 10.08.26 um 09:00 schrieb Anna:",
            "Le 10/08/2026 à 09:00, Anna a écrit :",
            "Den 10.08.2026 09:00, skrev Anna:",
            "Il 10/08/26 09:00, Anna ha scritto:",
            "Op 10-08-2026 om 09:00 schreef Anna:",
            "El 10/8/26 a las 9:00, Anna escribió:",
            "W dniu 10.08.2026 o 09:00, Anna pisze:",
            "10.8.2026 9.00, Anna kirjoitti:",
            "On 10/08/2026 09:00, Anna Hansen wrote:",
            "Em 10/08/2026 09:00, Anna escreveu:",
            "(2026/08/10 9:00), Anna wrote:",
            "On Mon, 10 Aug 2026 09:00:00 +0900\nAnna <anna@example.org> wrote:",
            "Anna <anna@example.org> writes:",
            "* Anna <anna@example.org> [2026-08-10 09:00]:",
            "Anna Hansen wrote on 10.08.2026 09:00:00:",
            "2026/08/10 9:00、Anna <anna@example.org>のメール:",
            "2026年8月10日 9:00、Anna <anna@example.org> wrote:",
            "On Aug 10, 2026, at 9:00 AM, Anna <anna@example.org> wrote:",
            "10. aug. 2026 kl. 09:00 skrev Anna <anna@example.org>:",
            "10 aug. 2026 kl. 09:00 skrev Anna <anna@example.org>:",
            "Anna <anna@example.org> kirjoitti 10.8.2026 kello 9.00:",
            "El 10 ago 2026, a las 9:00, Anna <anna@example.org> escribió:",
            "Il giorno 10 ago 2026, alle ore 09:00, Anna <anna@example.org> ha scritto:",
            "Wiadomość napisana przez Anna <anna@example.org> w dniu 10 sie 2026, o godz. 09:00:",
            "在 2026年8月10日，上午9:00，Anna <anna@example.org> 写道：",
            "Op 10 aug. 2026, om 09:00 heeft Anna <anna@example.org> het volgende geschreven:",
            "Em 10 de ago. de 2026, à(s) 09:00, Anna <anna@example.org> escreveu:",
        ])
    func attributions(_ line: String) {
        let quote = "> Hi Kari, shall we meet?\n> Anna\n"
        #expect(Self.ownText("\(Self.own)\n\n\(line)\n\n\(quote)") == Self.own)
        // Without an empty line, nothing of what stands above it is lost.
        #expect(Self.ownText("\(Self.own)\n\(line)\n\(quote)") == Self.own)
        if let address = line.range(of: " <anna"), !line.hasPrefix("Anna"), !line.hasPrefix("*") {
            let folded = line.replacingCharacters(in: address, with: "\n<anna")
            #expect(Self.ownText("\(Self.own)\n\n\(folded)\n\n\(quote)") == Self.own)
        }
    }

    @Test(
        "R3.g: ends before the header of a quoted mail",
        arguments: [
            "From: Anna <anna@example.org>\nSent: Monday, August 10, 2026 9:00 AM\nTo: Kari\nSubject: The offer",
            "Fra: Anna <anna@example.org>\nSendt: mandag 10. august 2026 09:00\nTil: Kari\nEmne: The offer",
            "Från: Anna <anna@example.org>\nSkickat: den 10 augusti 2026 09:00\nTill: Kari\nÄmne: The offer",
            "Fra: Anna <anna@example.org>\nSendt: 10. august 2026 09:00\nTil: Kari\nEmne: The offer",
            "Lähettäjä: Anna <anna@example.org>\nLähetetty: maanantai 10. elokuuta 2026 9.00\nVastaanottaja: Kari\nAihe: The offer",
            "Von: Anna <anna@example.org>\nGesendet: Montag, 10. August 2026 09:00\nAn: Kari\nBetreff: The offer",
            "Van: Anna <anna@example.org>\nVerzonden: maandag 10 augustus 2026 09:00\nAan: Kari\nOnderwerp: The offer",
            "De : Anna <anna@example.org>\nEnvoyé : lundi 10 août 2026 09:00\nÀ : Kari\nObjet : The offer",
            "De: Anna <anna@example.org>\nEnviado el: lunes, 10 de agosto de 2026 9:00\nPara: Kari\nAsunto: The offer",
            "De: Anna <anna@example.org>\nEnviada em: segunda-feira, 10 de agosto de 2026 09:00\nPara: Kari\nAssunto: The offer",
            "Da: Anna <anna@example.org>\nInviato: lunedì 10 agosto 2026 09:00\nA: Kari\nOggetto: The offer",
            "Od: Anna <anna@example.org>\nWysłano: poniedziałek, 10 sierpnia 2026 09:00\nDo: Kari\nTemat: The offer",
            "差出人: Anna <anna@example.org>\n送信日時: 2026年8月10日 9:00\n宛先: Kari\n件名: The offer",
            "发件人: Anna <anna@example.org>\n发送时间: 2026年8月10日 9:00\n收件人: Kari\n主题: The offer",
            "发件人： Anna\n发送时间： 2026-08-10 09:00\n收件人： Kari\n主题： The offer",
            "寄件者: Anna <anna@example.org>\n寄件日期: 2026年8月10日 9:00\n收件者: Kari\n主旨: The offer",
            "From:\tAnna <anna@example.org>\nTo:\tKari\nDate:\t10.08.2026 09:00\nSubject:\tThe offer",
            "Von:\tAnna <anna@example.org>\nAn:\tKari\nDatum:\t10.08.2026 09:00\nBetreff:\tThe offer",
            "*From:* Anna <anna@example.org>\n*Sent:* Monday, August 10, 2026 9:00 AM\n*To:* Kari\n*Subject:* The offer",
            "De : Anna [mailto:anna@example.org] \nEnvoyé : lundi 10 août 2026 09:00\nÀ : Kari\nCc : Per\nObjet : The offer",
            "От: Anna <anna@example.org>\nОтправлено: 10 августа 2026 г. 9:00\nКому: Kari\nТема: The offer",
            "De: Anna <anna@example.org>\nFecha: lunes, 10 de agosto de 2026, 9:00\nPara: Kari\nAsunto: The offer",
            "Da: Anna <anna@example.org>\nData: lunedì 10 agosto 2026 09:00\nA: Kari\nOggetto: The offer",
            "From: Anna <anna@example.org>\nDate: Monday, 10 August 2026 at 09:00\nTo: Kari\nSubject: The offer",
        ])
    func headers(_ header: String) {
        let quote = "Hi Kari, shall we meet?\nAnna\n"
        #expect(Self.ownText("\(Self.own)\n\n\(header)\n\n\(quote)") == Self.own)
        let rule = String(repeating: "_", count: 32)
        #expect(Self.ownText("\(Self.own)\n\n\(rule)\n\(header)\n\n\(quote)") == Self.own)
    }

    @Test(
        "R3.g: ends before a line that announces the original",
        arguments: [
            "-----Original Message-----",
            "-------- Original message --------",
            "-------- Oprindelig besked --------",
            "-------- Ursprungligt meddelande --------",
            "-------- Originalmeddelande --------",
            "-------- Opprinnelig melding --------",
            "-------- Ursprüngliche Nachricht --------",
            "-------- Message d'origine --------",
            "-------- Mensaje original --------",
            "-------- Mensagem original --------",
            "-------- Messaggio originale --------",
            "-------- Oorspronkelijk bericht --------",
            "-------- Oryginalna wiadomość --------",
            "-------- Alkuperäinen viesti --------",
            "------------------ 原始邮件 ------------------",
            "------- Original Message -------",
            "-----Ursprüngliche Nachricht-----",
            "----- 元のメッセージ -----",
            "----Messaggio originale----",
            "-----Message d'origine-----",
            "-----Mensaje original-----",
            "----- Original Message -----",
            "----- Forwarded Message -----",
            "---------- Forwarded message ---------",
            "---------- Videresendt melding ---------",
        ])
    func dividers(_ line: String) {
        #expect(Self.ownText("\(Self.own)\n\n\(line)\nAnna: Hi Kari, shall we meet?\n") == Self.own)
    }

    @Test(
        "R3.g: has no line of a device or a program in it",
        arguments: [
            "Sent from my iPhone",
            "Skickat från min iPhone",
            "Sendt fra min iPhone",
            "Lähetetty iPhonesta",
            "Von meinem iPhone gesendet",
            "Envoyé de mon iPhone",
            "Enviado desde mi iPhone",
            "Enviado do meu iPhone",
            "Inviato da iPhone",
            "Verstuurd vanaf mijn iPhone",
            "Wysłane z iPhone'a",
            "iPhoneから送信",
            "发自我的iPhone",
            "發自我的 iPhone",
            "Hent Outlook til iOS<https://aka.ms/o0ukef>",
            "Hämta Outlook för iOS<https://aka.ms/o0ukef>",
            "Holen Sie sich Outlook für iOS<https://aka.ms/o0ukef>",
            "Télécharger Outlook pour iOS<https://aka.ms/o0ukef>",
            "Obtener Outlook para iOS<https://aka.ms/o0ukef>",
            "Obter o Outlook para iOS<https://aka.ms/o0ukef>",
            "Ottieni Outlook per iOS<https://aka.ms/o0ukef>",
            "Pobierz aplikację Outlook dla systemu iOS",
            "Hanki Outlook for iOS",
            "Get Outlook for Android",
            "Sent with Proton Mail secure email.",
            "Sent from Yahoo Mail on Android",
            "Sent from Mail for Windows",
            "Gesendet mit der GMX Mail App",
            "Sendt fra Outlook for iOS",
            "Gesendet von Mail für Windows",
            "Envoyé à partir de Outlook pour iOS",
            "Sent from my Samsung Galaxy smartphone.",
            "Sent from my BlackBerry 10 smartphone.",
            "Skickad från min Samsung",
            "Download Outlook for iOS",
            "Outlook for iOS を入手",
            "获取 Outlook for iOS",
        ])
    func devices(_ line: String) {
        #expect(Self.ownText("\(Self.own)\n\n\(line)\n") == Self.own)
    }

    @Test(
        "R3.g: in HTML ends where the client marks the quote or the signature",
        arguments: [
            #"""
            <div dir="ltr"><div>Tuesday suits us well.</div><div>Kari</div></div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, Aug 10, 2026 at 9:00 AM Anna &lt;<a href="mailto:anna@example.org">anna@example.org</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0">Hi Kari, shall we meet?<br>Anna</blockquote></div>
            """#,
            #"""
            <div dir="ltr"><div>Tuesday suits us well.</div><div>Kari</div><br clear="all"><div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature">Kari Hansen<br>Customer AS</div></div></div><div class="gmail_quote">On Mon, Aug 10, 2026 Anna wrote:<blockquote>Hi</blockquote></div>
            """#,
            #"""
            <div dir="ltr"><div>Tuesday suits us well.</div><div>Kari</div><div class="gmail_signature" data-smartmail="gmail_signature">Kari Hansen<br>Customer AS</div></div>
            """#,
            #"""
            <html><body><div>Tuesday suits us well.</div><div>Kari</div><hr tabindex="-1" style="display:inline-block; width:98%"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>From:</b> Anna &lt;anna@example.org&gt;<br><b>Sent:</b> Monday, August 10, 2026 9:00 AM<br><b>To:</b> Kari<br><b>Subject:</b> The offer</font><div> </div></div><div>Hi Kari, shall we meet?</div></body></html>
            """#,
            #"""
            <html><body><div>Tuesday suits us well.</div><div>Kari</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>Sendandi:</b> Anna<br><b>Efni:</b> x</div><div>Hi Kari, shall we meet?</div></body></html>
            """#,
            #"""
            <html><body><div class="WordSection1"><p class="MsoNormal">Tuesday suits us well.<br>Kari</p><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal"><b>Sendandi:</b> Anna<br><b>Sent þann:</b> x</p></div><p class="MsoNormal">Hi Kari, shall we meet?</p></div></body></html>
            """#,
            #"""
            <html><body><div>Tuesday suits us well.</div><div>Kari</div><div><br><blockquote type="cite"><div>On 10 Aug 2026, at 09:00, Anna &lt;anna@example.org&gt; wrote:</div><br><div>Hi Kari</div></blockquote></div></body></html>
            """#,
            #"""
            <html><body><p>Tuesday suits us well.<br>Kari</p><div class="moz-cite-prefix">Þann 10.08.2026, Anna:<br></div><blockquote type="cite" cite="mid:x">Hi Kari</blockquote><div class="moz-signature">-- <br>Kari Hansen</div></body></html>
            """#,
            #"""
            <html><body><div>Tuesday suits us well.</div><div>Kari</div><div id="ydp1yahoo_quoted_1" class="yahoo_quoted"><div>On Monday, 10 August 2026, 09:00:00 CEST, Anna &lt;anna@example.org&gt; wrote: </div><div><br></div><div>Hi Kari</div></div></body></html>
            """#,
            #"""
            <html><body><div>Tuesday suits us well.</div><div>Kari</div><div class="protonmail_signature_block"><div class="protonmail_signature_block-proton">Sent with Proton Mail secure email.</div></div><div class="protonmail_quote">On Monday, August 10th, 2026 at 9:00 AM, Anna wrote:<br><blockquote class="protonmail_quote">Hi Kari</blockquote></div></body></html>
            """#,
            #"""
            <html><body><div>Tuesday suits us well.</div><div>Kari</div><span id="OLK_SRC_BODY_SECTION"><div><b>Frá:</b> Anna</div><div>Hi Kari</div></span></body></html>
            """#,
            #"""
            <html><body><div>Tuesday suits us well.</div><div>Kari</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>Frá: </b>Anna<br></div><div data-marker="__QUOTED_TEXT__">Hi Kari</div></body></html>
            """#,
            #"""
            <div><div>Tuesday suits us well.</div><div>Kari</div></div><div style="font-size:12px;">------------------&nbsp;原始邮件&nbsp;------------------</div><div>发件人: "Anna"</div><div>Hi Kari</div>
            """#,
            #"""
            <html><head><style>p{}</style><!--[if gte mso 9]><xml>x</xml><![endif]--></head><body><p>Tuesday suits us well.<br>Kari</p></body></html>
            """#,
        ])
    func html(_ html: String) {
        #expect(Self.ownText(html, type: "html") == Self.own)
    }

    @Test(
        "R3.g: keeps what only looks like a quote, and answers between quoted lines",
        arguments: [
            ("From our side: yes.\nTo be clear: Tuesday.", "From our side: yes.\nTo be clear: Tuesday."),
            (
                "On Monday Anna wrote that we meet: fine with me, 10 o'clock.",
                "On Monday Anna wrote that we meet: fine with me, 10 o'clock."
            ),
            ("> Tuesday?\n\nYes.\n\n> Who comes?\n\nPer does.", "Yes.\n\nPer does."),
            ("> Hi Kari\n\nYes.", "Yes."),
            ("Yes.\n\n-- \nKari Hansen\nCustomer AS", "Yes."),
            ("Yes.\n\n________\nKari Hansen\nCustomer AS", "Yes."),
            ("-- \nYes, Tuesday.", "-- \nYes, Tuesday."),
        ])
    func kept(body: String, own: String) {
        #expect(Self.ownText(body) == own)
    }
}
