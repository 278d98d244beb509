//! Pictures: whether a content is one, and scaling it. Pure.
//!
//! Sizes come out as Pillow's `thumbnail` computes them, so that a client finds pictures as large as with Odoo. As
//! there, SVG, WebP and GIF (all of whose frames would have to follow) are never scaled.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};
use std::borrow::Cow;
use std::io::Cursor;

/// More pixels than this are refused.
const PIXELS_MAX: u64 = 50_000_000;
/// Of a JPEG that has been scaled.
const JPEG_QUALITY: u8 = 95;

/// Why a content is no picture that can be taken; the text is Odoo's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a picture at all.
    #[error("This file could not be decoded as an image file.")]
    Unreadable,
    /// Too many pixels.
    #[error("Too large image (above 50.0Mpx), reduce the image size.")]
    TooLarge,
}

/// A box a picture is fitted into; 0: as the other side demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Size {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl Size {
    /// A square box.
    pub fn square(side: u32) -> Size {
        Size { width: side, height: side }
    }
    /// Whether it limits nothing.
    pub fn is_open(self) -> bool {
        self == Size::default()
    }
    /// `name_512` names a square of 512; no number, or one below 16, no size.
    pub fn of_field(name: &str) -> Size {
        if name == "image" {
            return Size::square(1024);
        }
        let side = name.rsplit('_').next().and_then(|s| s.parse().ok()).filter(|s| *s >= 16);
        side.filter(|_| !name.starts_with("x_")).map_or(Size::default(), Size::square)
    }
}

/// What is left as it came: SVG (any markup), WebP, and pictures of kinds that only Pillow reads.
fn untouched(content: &[u8]) -> bool {
    content.starts_with(b"<")
        || (content.starts_with(b"RIFF") && content.get(8..15) == Some(b"WEBPVP8"))
        || (image::guess_format(content).is_err() && infer::is_image(content))
}

/// The picture, no larger than `max`, refused where it is none.
pub fn limited(content: &[u8], max: Size) -> Result<Cow<'_, [u8]>, Refusal> {
    scaled(content, max, false)
}

/// The picture fitted into `size`, or with `crop` cut to its proportions first.
pub fn scaled(content: &[u8], size: Size, crop: bool) -> Result<Cow<'_, [u8]>, Refusal> {
    if content.is_empty() || untouched(content) {
        return Ok(content.into());
    }
    let format = image::guess_format(content).map_err(|_| Refusal::Unreadable)?;
    let reader = ImageReader::with_format(Cursor::new(content), format);
    let mut decoder = reader.into_decoder().map_err(|_| Refusal::Unreadable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(Refusal::TooLarge);
    }
    if size.is_open() || format == ImageFormat::Gif {
        return Ok(content.into());
    }
    let turn = decoder.orientation().map_err(|_| Refusal::Unreadable)?;
    let turned = [90, 270].contains(&degrees(turn));
    let (width, height) = if turned { (height, width) } else { (width, height) };
    let cut = if crop { proportional(width, height, size) } else { (width, height) };
    let target = fitted(cut, size);
    if target == (width, height) {
        return Ok(content.into());
    }
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| Refusal::Unreadable)?;
    picture.apply_orientation(turn);
    if cut != (width, height) {
        picture = picture.crop_imm((width - cut.0) / 2, (height - cut.1) / 2, cut.0, cut.1);
    }
    if target != cut {
        picture = picture.resize_exact(target.0, target.1, FilterType::Lanczos3);
    }
    encode(&picture, format).map(Cow::Owned)
}

fn degrees(turn: image::metadata::Orientation) -> u32 {
    use image::metadata::Orientation as O;
    match turn {
        O::Rotate90 | O::Rotate90FlipH => 90,
        O::Rotate270 | O::Rotate270FlipH => 270,
        _ => 0,
    }
}

/// PNG and ICO stay, BMP becomes PNG, the rest JPEG.
fn encode(picture: &DynamicImage, format: ImageFormat) -> Result<Vec<u8>, Refusal> {
    let mut out = Cursor::new(Vec::new());
    match format {
        ImageFormat::Png | ImageFormat::Bmp => picture.write_to(&mut out, ImageFormat::Png),
        ImageFormat::Ico => picture.to_rgba8().write_to(&mut out, ImageFormat::Ico),
        _ => {
            let encoder = JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY);
            match picture.color().has_color() {
                true => picture.to_rgb8().write_with_encoder(encoder),
                false => picture.to_luma8().write_with_encoder(encoder),
            }
        }
    }
    .map_err(|_| Refusal::Unreadable)?;
    Ok(out.into_inner())
}

/// The largest size of the same proportions within `max`, never above the picture's own.
fn fitted((width, height): (u32, u32), max: Size) -> (u32, u32) {
    let scale = |of: u32, by: u32, to: u32| (u64::from(of) * u64::from(by) / u64::from(to.max(1))) as u32;
    let x = if max.width > 0 { max.width } else { scale(width, max.height, height) };
    let y = if max.height > 0 { max.height } else { scale(height, max.width, width) };
    if x >= width && y >= height {
        return (width, height);
    }
    let aspect = f64::from(width) / f64::from(height);
    // of the two whole numbers around `n` the one that keeps the proportions better
    let whole = |n: f64, off: &dyn Fn(f64) -> f64| {
        let (low, high) = (n.floor(), n.ceil());
        (if off(low) <= off(high) { low } else { high }).max(1.0) as u32
    };
    if f64::from(x) / f64::from(y) >= aspect {
        (whole(f64::from(y) * aspect, &|n| (aspect - n / f64::from(y)).abs()), y)
    } else {
        let off = |n: f64| if n == 0.0 { 0.0 } else { (aspect - f64::from(x) / n).abs() };
        (x, whole(f64::from(x) / aspect, &off))
    }
}

/// The largest cut of `size`'s proportions out of a picture.
fn proportional(width: u32, height: u32, size: Size) -> (u32, u32) {
    if size.width == 0 || size.height == 0 {
        return (width, height);
    }
    let (w, h) = (u64::from(width), u64::from(height));
    let (x, y) = (u64::from(size.width), u64::from(size.height));
    let (w, h) = if w * y > h * x { (h * x / y, h) } else { (w, w * y / x) };
    ((w as u32).clamp(1, width), (h as u32).clamp(1, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        encode(&DynamicImage::new_rgb8(width, height), ImageFormat::Png).unwrap()
    }

    fn dimensions(content: &[u8]) -> (u32, u32) {
        ImageReader::new(Cursor::new(content)).with_guessed_format().unwrap().into_dimensions().unwrap()
    }

    #[test]
    fn fits_keep_proportions_and_never_grow() {
        // as Pillow 9 answers them
        for (own, max, wanted) in [
            ((3000, 2000), (1920, 1920), (1920, 1280)),
            ((333, 777), (128, 128), (55, 128)),
            ((1000, 3), (128, 128), (128, 1)),
            ((100, 50), (128, 128), (100, 50)),
            ((300, 200), (0, 100), (150, 100)),
        ] {
            let size = Size { width: max.0, height: max.1 };
            assert_eq!(dimensions(&limited(&png(own.0, own.1), size).unwrap()), wanted, "{own:?} in {max:?}");
        }
    }

    #[test]
    fn a_crop_has_the_proportions_asked_for() {
        let cut = scaled(&png(400, 200), Size { width: 50, height: 50 }, true).unwrap().into_owned();
        assert_eq!(dimensions(&cut), (50, 50));
    }

    #[test]
    fn what_is_no_picture_is_refused_and_markup_kept() {
        assert_eq!(limited(b"hello", Size::default()), Err(Refusal::Unreadable));
        assert_eq!(limited(b"<svg/>", Size::square(16)).unwrap().as_ref(), b"<svg/>");
    }

    #[test]
    fn names_tell_sizes() {
        assert_eq!(Size::of_field("image_128"), Size::square(128));
        assert_eq!(
            [Size::of_field("raw"), Size::of_field("page_3"), Size::of_field("x_a_128")],
            [Size::default(); 3]
        );
    }
}
