#include "sftp_transfers.hpp"

#include <algorithm>
#include <utility>

namespace otto::sdk {

using sftp::Reply;
using sftp::Type;

SftpGet::SftpGet(std::shared_ptr<SftpClient> client, std::string source, sftp::LocalFile target,
                 SftpOptions options)
    : SftpTransfer(std::move(client))
    , source_(std::move(source))
    , target_(std::move(target))
    , options_(std::move(options)) {}

void SftpGet::begin() {
    request(Type::stat, {stat_source, 0, 0}).str(source_).end();
}

void SftpGet::fail_at(const Reply& reply) {
    fail(Error(Errc::transfer, "remote file '" + source_ + "': " + sftp::explain(reply.status, reply.text)));
}

void SftpGet::on_reply(const Request& request, const Reply& reply) {
    if (request.purpose == open_file && reply.type == Type::handle) handle_ = reply.text;
    if (request.purpose == read) --reads_;
    if (failing()) return;

    switch (static_cast<Purpose>(request.purpose)) {
    case stat_source:
        return on_source(reply);
    case open_file:
        if (reply.type != Type::handle) fail_at(reply);
        return;
    case read:
        return on_data(request, reply);
    case close:
        return finish();
    case clean:
        return;
    }
}

// Asked before opening: to open a FIFO would stop the server.
void SftpGet::on_source(const Reply& reply) {
    if (reply.type != Type::attrs) return fail_at(reply);
    if (reply.attributes.is_directory() || !reply.attributes.is_regular()) {
        const char* what = reply.attributes.is_directory()
                               ? "is a directory; one regular file at a time is transferred"
                               : "is not a regular file";
        return fail(Error(Errc::transfer, "remote file '" + source_ + "': " + what));
    }
    size_ = reply.attributes.size.value_or(0);
    mode_ = reply.attributes.mode.value_or(0600) & 0777;
    request(Type::open, {open_file, 0, 0}).str(source_).u32(sftp::open_read).u32(0).end();
}

void SftpGet::send_read(std::uint64_t offset, std::uint32_t size) {
    ++reads_;
    request(Type::read, {read, offset, size}).str(handle_).u64(offset).u32(size).end();
}

// Up to the size that was told, and one read behind it in the same flight, which finds the end. A file that
// has grown is followed one read at a time.
void SftpGet::fill() {
    while (!handle_.empty() && end_ == UINT64_MAX && client().has_room()) {
        if (next_ > size_ && reads_ > 0) return;
        std::uint64_t size = client().read_size();
        if (next_ < size_) size = std::min(size, size_ - next_);
        send_read(next_, static_cast<std::uint32_t>(size));
        next_ += size;
    }
}

void SftpGet::on_data(const Request& request, const Reply& reply) {
    if (reply.type == Type::data && reply.text.size() <= request.size) {
        target_.write(reply.text, request.offset);
        bytes_ += reply.text.size();
        if (options_.progress()) options_.progress()(bytes_, std::max(bytes_, size_));
        auto got = static_cast<std::uint32_t>(reply.text.size());
        if (got == 0) {
            end_ = std::min(end_, request.offset);
        } else if (got < request.size) { // says nothing about the end
            send_read(request.offset + got, request.size - got);
        }
    } else if (reply.type == Type::status && reply.status == sftp::end_of_file) {
        end_ = std::min(end_, request.offset);
    } else {
        return fail_at(reply);
    }
    if (end_ == UINT64_MAX || reads_ > 0) return;
    bytes_ = end_;
    target_.commit(end_, options_.mode().value_or(mode_) & 07777);
    send_close(close);
}

void SftpGet::send_close(Purpose purpose) {
    request(Type::close, {purpose, 0, 0}).str(std::exchange(handle_, {})).end();
}

void SftpGet::undo() {
    if (!handle_.empty()) send_close(clean);
}

} // namespace otto::sdk
