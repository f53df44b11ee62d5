"""What sites in many languages write about shipping and sales. A row for each language."""

from typing import Final, NamedTuple


class Words(NamedTuple):
    """The phrases of one language, lower case, separated by bars."""

    free_shipping: str
    shipping_fee: str
    sold: str


LANGUAGES: Final = {
    "ar": Words("شحن مجاني|شحن مجانًا|شحن مجانا", "الشحن|شحن", "تم بيع|مباع|مبيعًا|تم البيع"),
    "de": Words("kostenloser versand|versandkostenfrei|gratis versand|gratisversand",
                "versand|versandkosten", "verkauft|bestellungen"),
    "en": Words("free shipping|free delivery",
                "shipping|shipping fee|delivery fee", "sold|orders|order"),
    "es": Words("envío gratis|envío gratuito|envio gratis|envio gratuito",
                "envío|envio", "vendido(s)|vendidos|vendido|pedidos"),
    "fr": Words("livraison gratuite|livraison offerte",
                "livraison|frais de livraison", "vendus|vendu|vendu(s)|commandes"),
    "he": Words("משלוח חינם", "משלוח", "נמכרו|נמכר"),
    "id": Words("gratis ongkir|pengiriman gratis", "ongkir|pengiriman", "terjual"),
    "it": Words("spedizione gratuita|spedizione gratis", "spedizione", "venduti|venduto|ordini"),
    "ja": Words("送料無料", "送料|配送料", "点販売|販売|個販売|件販売|点 販売"),
    "ko": Words("무료 배송|무료배송", "배송비|배송", "개 판매|판매|개 판매됨|판매됨|개판매"),
    "nl": Words("gratis verzending", "verzending|verzendkosten", "verkocht|bestellingen"),
    "pl": Words("darmowa wysyłka|bezpłatna wysyłka|darmowa dostawa",
                "wysyłka|dostawa", "sprzedane|sprzedano|sprzedanych|sprzedany"),
    "pt": Words("frete grátis|frete gratis|envio grátis",
                "frete|envio", "vendido(s)|vendidos|vendido"),
    "ru": Words("бесплатная доставка", "доставка", "продано|продан|заказов|заказа|заказ|куплено"),
    "th": Words("จัดส่งฟรี|ส่งฟรี", "ค่าจัดส่ง|การจัดส่ง", "ขายแล้ว|ชิ้น|ขายแล้ว ชิ้น"),
    "tr": Words("ücretsiz kargo|kargo bedava", "kargo", "satıldı|satılan|adet satıldı"),
    "uk": Words("безкоштовна доставка", "доставка", "продано|замовлень"),
    "vi": Words("miễn phí vận chuyển", "phí vận chuyển|vận chuyển", "đã bán"),
    "zh": Words("免运费|免費送貨|免運費|包邮", "运费|運費", "已售|售出|件已售|已售出|人付款"),
}  # fmt: skip

FREE_SHIPPING, SHIPPING_FEE, SOLD = (
    tuple("|".join(phrases).split("|")) for phrases in zip(*LANGUAGES.values(), strict=True)
)

NEW_BUYERS: Final = (
    "new shopper|nuevo comprador|nuevos compradores|novo comprador|novos compradores|neukund|"
    "nouveaux acheteurs|nuovi acquirenti|新規さま|신규 고객|nowi kupujący|yeni müşteri"
).split("|")
"""For whom a price is that first-time buyers pay. Saved pages have the first two and 新規."""
