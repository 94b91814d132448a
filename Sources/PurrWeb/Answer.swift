internal import HTTPTypes
internal import Hummingbird

extension HTTPField.Name {
    static let forwardedFor = known("X-Forwarded-For")
    static let idempotencyKey = known("Idempotency-Key")
    static let robots = known("X-Robots-Tag")
    static let referrerPolicy = known("Referrer-Policy")
    static let calSignature = known("X-Cal-Signature-256")
    static let calendlySignature = known("Calendly-Webhook-Signature")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("a field name that is none") }
        return name
    }
}

/// The responses that endpoints give.
enum Answer {
    /// One transparent pixel, the smallest GIF that all clients draw.
    static let pixel: [UInt8] = [
        0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0x01, 0x00, 0x01, 0x00, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00,
        0x00, 0x00, 0x21, 0xF9, 0x04, 0x01, 0x00, 0x00, 0x00, 0x00, 0x2C, 0x00, 0x00, 0x00, 0x00, 0x01,
        0x00,
        0x01, 0x00, 0x00, 0x02, 0x02, 0x44, 0x01, 0x00, 0x3B,
    ]

    /// What every response carries.
    private static func fields(_ type: String) -> HTTPFields {
        var fields = HTTPFields()
        fields[.contentType] = type
        fields[.cacheControl] = "no-store, max-age=0"
        fields[.xContentTypeOptions] = "nosniff"
        fields[.referrerPolicy] = "no-referrer"
        fields[.robots] = "noindex, nofollow"
        return fields
    }

    static func picture() -> Response {
        Response(
            status: .ok, headers: fields("image/gif"),
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: pixel)))
    }

    private static func fields(_ type: String, _ status: HTTPResponse.Status) -> HTTPFields {
        var fields = fields(type)
        // A client that waits before it tries again gets through (RFC 6585 §4, RFC 9110 §15.6.4).
        if status == .tooManyRequests || status == .serviceUnavailable { fields[.retryAfter] = "60" }
        if status == .contentTooLarge { fields[.connection] = "close" }
        return fields
    }

    static func text(
        _ text: String, _ status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        let fields = fields(type, status)
        return Response(
            status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n"))
        )
    }

    /// A page for people; it may load nothing and be framed by nobody.
    static func page(_ html: String, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: pageFields(status),
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    private static func pageFields(_ status: HTTPResponse.Status) -> HTTPFields {
        var fields = fields("text/html; charset=utf-8", status)
        fields[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        fields[.vary] = "Accept-Language"
        return fields
    }

    // MARK: Refusals

    /// What is said of a request that came to nothing: to people a page in their language, to programs a word.
    ///
    /// - Parameters:
    ///   - asked: The fields of the request.
    ///   - words: For programs; nil for the status's own.
    static func refusal(
        _ status: HTTPResponse.Status, to asked: HTTPFields, _ pages: WebPages, words: String? = nil
    ) -> Response {
        let (fields, text) = refusalParts(status, to: asked, pages, words: words)
        return Response(
            status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// The same for those who write the bytes themselves.
    static func refusalParts(
        _ status: HTTPResponse.Status, to asked: HTTPFields, _ pages: WebPages, words: String? = nil
    ) -> (fields: HTTPFields, text: String) {
        let isForPeople = asked[.accept]?.lowercased().contains("text/html") == true
        var fields =
            isForPeople ? pageFields(status) : fields("text/plain; charset=utf-8", status)
        fields[.vary] = "Accept, Accept-Language"
        guard isForPeople else { return (fields, "\(words ?? status.reasonPhrase)\n") }
        return (fields, pages.html(page(for: status), acceptLanguage: asked[.acceptLanguage]))
    }

    private static func page(for status: HTTPResponse.Status) -> KeyPath<WebPages.Texts, WebPages.Text> {
        switch status {
        case .tooManyRequests: \.tooOften
        case .forbidden: \.notAllowed
        case .contentTooLarge: \.tooLarge
        case .unprocessableContent: \.badForm
        default: status.kind == .serverError ? \.notNow : \.notValid
        }
    }

    static func script(_ bytes: [UInt8]) -> Response {
        var fields = fields("text/javascript; charset=utf-8")
        fields[.cacheControl] = "public, max-age=3600"
        return Response(
            status: .ok, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static func redirect(to target: String) -> Response {
        var fields = fields("text/plain; charset=utf-8")
        fields[.location] = target
        return Response(status: .found, headers: fields)
    }

    /// The same without its body, for HEAD.
    static func head(of response: Response) -> Response {
        var response = response
        response.headers[.contentLength] = response.body.contentLength.map(String.init)
        response.body = ResponseBody()
        return response
    }
}
