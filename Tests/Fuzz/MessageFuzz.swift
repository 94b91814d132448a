import Foundation
import PurrMail
import PurrReplies

/// Any bytes are read, matched and judged without a trap; the first byte chooses the circumstances.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMessage(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let flags = bytes.first else { return 0 }
    let message = IncomingMessage.read(Array(bytes.dropFirst()))
    let keys = MatchKeys(message)
    precondition(keys.ids.allSatisfy { !$0.key.isEmpty })
    let circumstances = Circumstances(
        isInOurThread: flags & 1 != 0, receivedAt: Date(timeIntervalSince1970: 1_800_000_000),
        weWroteToSender: flags & 2 != 0)
    precondition(
        judgement(of: message, in: circumstances) == judgement(of: message, in: circumstances),
        "Judging twice should give the same answer")
    return 0
}
