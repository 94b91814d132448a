import CEtpan
import PurrMail

/// Sole owner of one `mailsmtp *`, for as long as the connection lives.
///
/// Not copyable, so it is freed exactly once. Its result codes are not used: ``SMTPFeed`` has the
/// replies themselves.
@safe
struct EtpanSMTP: ~Copyable {
    private let session: UnsafeMutablePointer<mailsmtp>
    private let stream: EtpanStream

    /// Begins over a connection that libcurl has logged in, with a greeting of our own.
    init(feed: SMTPFeed, takesSize: Bool) throws(MailServerFailure) {
        let stream = EtpanStream(peer: feed)
        let outOfMemory = MailServerFailure(.limit, "Out of memory")
        guard let session = unsafe mailsmtp_new(0, nil) else { throw outOfMemory }
        guard let lines = unsafe stream.makeStream() else {
            unsafe mailsmtp_free(session)
            throw outOfMemory
        }
        guard unsafe Int(mailsmtp_connect(session, lines)) == Int(MAILSMTP_NO_ERROR) else {
            // On failure libetpan has closed and freed the stream.
            unsafe mailsmtp_free(session)
            throw outOfMemory
        }
        // EHLO was libcurl's; its answer is told here, so that MAIL carries SIZE.
        if takesSize { unsafe session.pointee.esmtp = Int32(MAILSMTP_ESMTP | MAILSMTP_ESMTP_SIZE) }
        unsafe self.session = session
        self.stream = stream
    }

    deinit {
        stream.detach()
        unsafe mailsmtp_free(session)
    }

    /// What ended the conversation, if something did.
    var failure: MailServerFailure? { stream.failure }

    func mail(from: EmailAddress, size: Int) {
        unsafe _ = mailesmtp_mail_size(session, from.text, 1, nil, size)
    }

    func recipient(_ to: EmailAddress) {
        unsafe _ = mailsmtp_rcpt(session, to.text)
    }

    func data() {
        unsafe _ = mailsmtp_data(session)
    }

    /// Hands over the body, with dots doubled, lone CR and LF made into line ends, and the final dot.
    ///
    /// libetpan writes CRLF.CRLF after whatever the text ends with, so a line end of its own is left out
    /// here: else every mail would gain an empty line, and DKIM's and our own hashes of it would differ.
    func message(_ bytes: [UInt8]) {
        let length = bytes.suffix(2) == [0x0D, 0x0A] ? bytes.count - 2 : bytes.count
        unsafe bytes.withUnsafeBytes { raw in
            unsafe _ = mailsmtp_data_message(session, raw.bindMemory(to: CChar.self).baseAddress, length)
        }
    }

    func reset() {
        unsafe _ = mailsmtp_reset(session)
    }

    /// Says `QUIT` without waiting for the answer.
    func quit() {
        unsafe _ = mailsmtp_quit(session)
    }
}
