#if PLANTED_BUGS
/// Deliberate faults, one at a time, that the simulator must find: they prove its net.
///
/// Compiled into debug builds alone; a release binary has no trace of them.
package enum Sabotage: String, CaseIterable, Sendable {
    case stateAfterSend, gateSkipped, secondGateSkipped, ownCopyIsReply, cursorMovedEarly, uidValidityIgnored
    case claimNotUnique, unknownResent, folderForgotten, windowIgnored, onlyInReplyTo

    @TaskLocal package static var active: Sabotage?
}
#endif
