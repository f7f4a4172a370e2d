#include "sftp_client.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace otto::sdk {

using sftp::Reply;
using sftp::Type;
using sftp::Writer;

// ---- SftpTransfer

SftpTransfer::~SftpTransfer() {
    client_->leave(this);
}

long SftpTransfer::step() {
    if (done_ && !joined_) return 0;
    try {
        if (!joined_) {
            joined_ = true;
            client_->join(this);
        }
        client_->pump();
    } catch (const std::exception&) { // it would cost the session
        lose(error_from(std::current_exception(), Errc::internal));
    }
    if (!done_ || client_->opening()) return again;
    client_->leave(this);
    if (ended) ended->cancel();
    return 0;
}

void SftpTransfer::cancel() {
    fail(Error(Errc::cancelled, "the transfer was cancelled"));
}

void SftpTransfer::fail(Error why) {
    if (failure_ || done_) return;
    failure_ = std::move(why);
    undo_local();
    undo_if_failed();
}

void SftpTransfer::undo_if_failed() {
    if (!failure_ || done_ || outstanding_ > 0) return;
    if (begun_) undo();
    done_ = outstanding_ == 0;
}

void SftpTransfer::lose(const Error& why) {
    if (done_) return;
    if (!failure_) failure_ = why;
    outstanding_ = 0;
    undo_local();
    done_ = true;
}

// One transfer's trouble with a local file is not the trouble of the one that happens to be stepped.
void SftpTransfer::advance() {
    try {
        if (!std::exchange(begun_, true) && !done_) begin();
        if (!done_ && !failure_) fill();
    } catch (const std::exception&) {
        fail(error_from(std::current_exception(), Errc::internal));
    }
}

void SftpTransfer::answer(const Request& request, const Reply& reply) {
    --outstanding_;
    if (done_) return;
    try {
        on_reply(request, reply);
    } catch (const std::exception&) {
        fail(error_from(std::current_exception(), Errc::internal));
    }
    undo_if_failed();
}

Writer SftpTransfer::request(Type type, Request what) {
    ++outstanding_;
    return client_->request(this, type, what);
}

Writer SftpTransfer::extended(std::string_view name, Request what) {
    Writer packet = request(Type::extended, what);
    packet.str(name);
    return packet;
}

// ---- SftpClient

SftpClient::~SftpClient() {
    let_go();
}

void SftpClient::join(SftpTransfer* transfer) {
    // The server may have ended the channel while nobody looked.
    if (channel_ && transfers_.empty() && libssh2_channel_eof(channel_) != 0) let_go();
    transfers_.push_back(transfer);
}

void SftpClient::leave(SftpTransfer* transfer) noexcept {
    std::erase(transfers_, transfer);
    for (auto& [id, pending] : pending_)
        if (pending.transfer == transfer) pending.transfer = nullptr;
    if (transfers_.empty() && state_ == State::waiting) {
        session_->open_done(this);
        state_ = State::closed;
    }
}

Writer SftpClient::request(SftpTransfer* transfer, Type type, SftpTransfer::Request what) {
    std::uint32_t id = ++next_id_;
    pending_.emplace(id, Pending{transfer, what});
    in_flight_ += what.size;
    Writer packet(out_);
    packet.begin(type, id);
    return packet;
}

void SftpClient::pump() {
    if (state_ == State::closed && !transfers_.empty()) state_ = State::waiting;
    if (state_ == State::waiting || state_ == State::opening) open_channel();
    if (state_ == State::starting) start_subsystem();
    if (state_ < State::greeting) return;
    bool moved = true;
    while (moved && channel_) {
        if (ready()) {
            auto current = transfers_;
            for (SftpTransfer* transfer : current)
                transfer->advance();
        }
        send();
        moved = channel_ && receive();
    }
}

void SftpClient::open_channel() {
    if (state_ == State::waiting) {
        if (!session_->may_open(this, SshSession::ChannelKind::session)) return;
        state_ = State::opening;
    }
    channel_ = libssh2_channel_open_ex(session_->raw(), "session", 7, window, LIBSSH2_CHANNEL_PACKET_DEFAULT,
                                       nullptr, 0);
    if (channel_) {
        session_->open_done(this);
        session_->add_channel(channel_, SshSession::ChannelKind::session);
        state_ = State::starting;
        return;
    }
    int error = session_->last_errno();
    if (error == SshOp::again) return;
    state_ = State::waiting;
    std::string why = session_->last_error();
    if (error != LIBSSH2_ERROR_CHANNEL_FAILURE) {
        session_->open_done(this);
        fail(Error(Errc::protocol, "no channel for SFTP: " + why));
    } else if (!session_->open_refused(this)) {
        fail(Error(Errc::unsupported, "the server refuses channels, so there is no SFTP: " + why));
    } else if (session_->all_channels_held()) {
        session_->open_done(this);
        fail(Error(Errc::busy, "every channel that the server allows is in use")
                 .advice("raise MaxSessions in its sshd_config"));
    }
}

void SftpClient::start_subsystem() {
    int answer = libssh2_channel_subsystem(channel_, "sftp");
    if (answer == SshOp::again) return;
    if (answer < 0) {
        fail(Error(Errc::unsupported, "the server offers no SFTP")
                 .advice("enable `Subsystem sftp` in its sshd_config, or use exec with input"));
        return;
    }
    state_ = State::greeting;
    Writer(out_).begin(Type::init, 3).end(); // the version stands where other packets have an id
}

void SftpClient::send() {
    while (sent_ < out_.size() && session_->can_write()) {
        ssize_t size = libssh2_channel_write(channel_, out_.data() + sent_, out_.size() - sent_);
        if (size == SshOp::again) break;
        if (size < 0) return fail(Error(Errc::transfer, "the SFTP channel broke: " + session_->last_error()));
        sent_ += static_cast<std::size_t>(size);
    }
    if (sent_ == out_.size()) {
        out_.clear();
        sent_ = 0;
    } else if (sent_ > buffer_limit) {
        out_.erase(0, sent_);
        sent_ = 0;
    }
}

// True if something came.
bool SftpClient::receive() {
    constexpr std::size_t block = 512 * 1024;
    if (in_.size() < in_end_ + block / 2) in_.resize(in_end_ + block);
    ssize_t size = libssh2_channel_read(channel_, in_.data() + in_end_, in_.size() - in_end_);
    if (size > 0) {
        in_end_ += static_cast<std::size_t>(size);
        return take_packets();
    }
    // What the server's program prints to standard error would fill the window.
    std::array<char, 1024> noise{};
    while (libssh2_channel_read_stderr(channel_, noise.data(), noise.size()) > 0) {
    }
    if (size < 0 && size != SshOp::again) {
        fail(Error(Errc::transfer, "the SFTP channel broke: " + session_->last_error()));
    } else if (libssh2_channel_eof(channel_) != 0) {
        if (ready()) {
            fail(Error(Errc::transfer, "the server ended SFTP"));
        } else {
            fail(Error(Errc::unsupported, "the server's SFTP ended as soon as it was started")
                     .advice("look at `Subsystem sftp` in its sshd_config"));
        }
    }
    return false;
}

bool SftpClient::take_packets() {
    std::size_t at = 0;
    while (in_end_ - at >= 4) {
        std::uint32_t size = sftp::Reader(std::string_view(in_.data() + at, 4)).u32();
        if (size > packet_limit || size < 5) {
            fail(Error(Errc::protocol, "the server's SFTP sends something else")
                     .advice("its login shell must not print anything for non-interactive sessions"));
            return false;
        }
        if (in_end_ - at - 4 < size) break;
        if (!on_packet(std::string_view(in_.data() + at + 4, size))) return false;
        at += 4 + size;
    }
    std::memmove(in_.data(), in_.data() + at, in_end_ - at);
    in_end_ -= at;
    return true;
}

bool SftpClient::on_packet(std::string_view packet) {
    if (state_ == State::greeting) {
        on_version(packet);
        return channel_ != nullptr;
    }
    auto reply = sftp::parse_reply(packet);
    auto found = reply ? pending_.find(reply->id) : pending_.end();
    if (found == pending_.end()) {
        fail(Error(Errc::protocol, "the server's SFTP sends an answer that makes no sense"));
        return false;
    }
    Pending request = found->second;
    pending_.erase(found);
    in_flight_ -= request.what.size;
    if (state_ == State::asking_limits) {
        on_limits(*reply);
    } else if (request.transfer) {
        request.transfer->answer(request.what, *reply);
    }
    return true;
}

void SftpClient::on_version(std::string_view packet) {
    auto extensions = sftp::parse_version(packet);
    if (!extensions) return fail(Error(Errc::protocol, "the server does not speak version 3 of SFTP"));
    auto offers = [&](std::string_view name) {
        return std::find(extensions->begin(), extensions->end(), name) != extensions->end();
    };
    posix_rename_ = offers("posix-rename@openssh.com");
    if (!offers("limits@openssh.com")) {
        state_ = State::ready;
        return;
    }
    state_ = State::asking_limits;
    Writer packet_out = request(nullptr, Type::extended, {0, 0, 0});
    packet_out.str("limits@openssh.com").end();
}

// Longest packet, longest read, longest write (OpenSSH, PROTOCOL 4.8); 0: not limited.
void SftpClient::on_limits(const Reply& reply) {
    state_ = State::ready;
    if (reply.type != Type::extended_reply || reply.limits.size() < 3) return;
    auto size = [](std::uint64_t limit) {
        return static_cast<std::uint32_t>(limit == 0 ? generous
                                                     : std::clamp<std::uint64_t>(limit, modest, generous));
    };
    read_size_ = size(reply.limits[1]);
    write_size_ = size(reply.limits[2]);
}

void SftpClient::fail(Error why) {
    let_go();
    auto losers = std::exchange(transfers_, {});
    for (SftpTransfer* transfer : losers)
        transfer->lose(why);
}

// The channel is closed and freed by the session, later.
void SftpClient::let_go() noexcept {
    if (LIBSSH2_CHANNEL* channel = std::exchange(channel_, nullptr)) {
        SshSession* session = session_.get(); // owns the operation while it is stepped
        std::function<long()> release = [session, channel]() -> long {
            int answer = libssh2_channel_free(channel);
            if (answer != SshOp::again) session->drop_channel(channel);
            return answer;
        };
        session_->post(std::make_shared<SshCall>(std::move(release), false));
    }
    state_ = State::closed;
    out_.clear();
    sent_ = 0;
    in_end_ = 0;
    in_flight_ = 0;
    pending_.clear();
}

} // namespace otto::sdk
