// JPEG through libjpeg: baseline and progressive, grey and colour.
// libjpeg leaves by longjmp; everything that needs a destructor lives outside the functions that may be left so.
#include "image_format.h"

#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <cstring>

#include <jpeglib.h>

#include <jerror.h>

namespace dlc::data {
namespace {

/// What the callbacks of libjpeg see; the first member is what it knows of.
struct Errors {
  jpeg_error_mgr manager;
  std::jmp_buf failed;
  char message[JMSG_LENGTH_MAX] = "";
  bool damaged = false;
};

[[noreturn]] void onError(j_common_ptr state) {
  auto *errors = reinterpret_cast<Errors *>(state->err);
  state->err->format_message(state, errors->message);
  std::longjmp(errors->failed, 1);
}
/// Bytes between two markers and the like are common and harmless; pixels that had to be made up are not.
void onMessage(j_common_ptr state, int level) {
  auto *errors = reinterpret_cast<Errors *>(state->err);
  int code = state->err->msg_code;
  if (level >= 0 || errors->damaged ||
      (code != JWRN_JPEG_EOF && code != JWRN_HIT_MARKER && code != JWRN_HUFF_BAD_CODE &&
       code != JWRN_BOGUS_PROGRESSION))
    return;
  errors->damaged = true;
  state->err->format_message(state, errors->message);
}
void onOutput(j_common_ptr) {}

class Decoder {
public:
  explicit Decoder(TextFile file) : file(file) {
    jpeg.err = jpeg_std_error(&errors.manager);
    errors.manager.error_exit = onError;
    errors.manager.emit_message = onMessage;
    errors.manager.output_message = onOutput;
  }
  Decoder(const Decoder &) = delete;
  ~Decoder() { jpeg_destroy_decompress(&jpeg); }

  Fallible<ImageInfo> header() {
    if (!readHeader() || errors.damaged)
      return trouble();
    ImageInfo image{jpeg.image_width, jpeg.image_height, jpeg.num_components > 1};
    if (jpeg.num_components != 1 && jpeg.num_components != 3)
      return imageTrouble(file, "a JPEG with " + llvm::Twine(jpeg.num_components) +
                                    " components (CMYK) is not read; 1 and 3 are");
    // An empty block of 64 pixels takes two bits, and runs of them can be told in a few more.
    if (auto sane = checkSize(file, image, 4096); !sane)
      return sane.trouble();
    return image;
  }

  Checked rows(unsigned channels, llvm::function_ref<void(uint32_t, const uint8_t *)> row) {
    bool colour = jpeg.num_components == 3;
    if (!start(colour))
      return trouble();
    std::vector<uint8_t> line(size_t{jpeg.output_width} * (colour ? 3 : 1)), out(size_t{jpeg.output_width} * channels);
    for (uint32_t y = 0; y < jpeg.output_height; ++y) {
      if (!readRow(line.data()) || errors.damaged)
        return trouble();
      convertRow(line.data(), colour, channels, jpeg.output_width, out.data());
      row(y, out.data());
    }
    if (!finish() || errors.damaged)
      return trouble();
    return allGood();
  }

private:
  // Each of these may be left by longjmp and has nothing to destroy.
  bool readHeader() {
    if (setjmp(errors.failed))
      return false;
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char *>(file.bytes.data()), file.bytes.size());
    return jpeg_read_header(&jpeg, TRUE) == JPEG_HEADER_OK;
  }
  bool start(bool colour) {
    if (setjmp(errors.failed))
      return false;
    jpeg.out_color_space = colour ? JCS_RGB : JCS_GRAYSCALE;
    jpeg.dct_method = JDCT_ISLOW; // the one whose result is the same everywhere
    return jpeg_start_decompress(&jpeg) == TRUE;
  }
  bool readRow(uint8_t *to) {
    if (setjmp(errors.failed))
      return false;
    JSAMPROW rows[] = {to};
    return jpeg_read_scanlines(&jpeg, rows, 1) == 1;
  }
  bool finish() {
    if (setjmp(errors.failed))
      return false;
    return jpeg_finish_decompress(&jpeg) == TRUE;
  }

  Trouble trouble() const {
    size_t left = jpeg.src ? jpeg.src->bytes_in_buffer : 0;
    size_t at = left <= file.bytes.size() ? file.bytes.size() - left : file.bytes.size();
    return imageTrouble(file, "damaged JPEG at byte " + llvm::Twine(at) + ": " +
                                  (errors.message[0] ? errors.message : "the file ends too soon"));
  }

  TextFile file;
  Errors errors;
  jpeg_decompress_struct jpeg = {};
};

bool recognises(llvm::StringRef bytes) { return bytes.starts_with("\xff\xd8\xff"); }

} // namespace

const ImageFormat kJpeg = {
    .name = "JPEG", .recognises = recognises, .info = infoBy<Decoder>, .decode = decodeBy<Decoder>};
} // namespace dlc::data
