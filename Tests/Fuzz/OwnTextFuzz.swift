import Foundation
import PurrMail
import PurrReplies

/// Any text, as it stands and as HTML, has an own text no longer than itself.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOwnText(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    for type in ["plain", "html"] {
        let head = "From: kari@customer.test\nSubject: Re: x\nContent-Type: text/\(type); charset=utf-8\n\n"
        let message = IncomingMessage.read(Array(head.utf8) + bytes)
        let circumstances = Circumstances(receivedAt: Date(timeIntervalSince1970: 1_800_000_000))
        let own = judgement(of: message, in: circumstances).ownText
        precondition(own.count <= 4_000, "An own text should be short")
        precondition(
            own.utf8.count <= (message.plainText ?? "").utf8.count, "Nothing should be added to it")
    }
    return 0
}
