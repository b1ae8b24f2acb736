from django.db import migrations

# ISO 639-1 codes where there is one, else 639-3; BCP 47 where a script matters.
LANGUAGES = """
af Afrikaans|ak Akan|am Amharic|an Aragonese|ar Arabic|as Assamese|ase American Sign Language|
ay Aymara|az Azerbaijani|ba Bashkir|be Belarusian|bem Bemba|bfi British Sign Language|bg Bulgarian|
bm Bambara|bn Bengali|bo Tibetan|br Breton|bs Bosnian|ca Catalan|cak Kaqchikel|ce Chechen|
ceb Cebuano|ckb Central Kurdish|cmn Mandarin|co Corsican|cs Czech|cy Welsh|da Danish|de German|
dua Duala|dv Dhivehi|dyu Dyula|dz Dzongkha|ee Ewe|el Greek|en English|eo Esperanto|es Spanish|
et Estonian|eu Basque|fa Persian|ff Fulah|fi Finnish|fj Fijian|fo Faroese|fr French|
fsl French Sign Language|fy Western Frisian|ga Irish|gd Scottish Gaelic|gl Galician|glk Gilaki|
gn Guaraní|gsw Swiss German|gu Gujarati|gup Gunwinggu|ha Hausa|hak Hakka|haw Hawaiian|
hbs Serbo-Croatian|he Hebrew|hi Hindi|hr Croatian|hsb Upper Sorbian|ht Haitian Creole|hu Hungarian|
hy Armenian|id Indonesian|ig Igbo|is Icelandic|it Italian|iu Inuktitut|ixl Ixil|ja Japanese|
jam Jamaican Creole|jsl Japanese Sign Language|jv Javanese|ka Georgian|kab Kabyle|kk Kazakh|
kl Greenlandic|km Khmer|kn Kannada|ko Korean|kok Konkani|kri Krio|ks Kashmiri|ku Kurdish|ky Kyrgyz|
la Latin|lad Ladino|lb Luxembourgish|lg Ganda|lmo Lombard|ln Lingala|lo Lao|lt Lithuanian|
lv Latvian|mg Malagasy|mh Marshallese|mi Māori|mk Macedonian|ml Malayalam|mn Mongolian|mni Manipuri|
mos Mossi|mr Marathi|ms Malay|mt Maltese|my Burmese|nah Nahuatl|nan Min Nan|nap Neapolitan|
nb Norwegian Bokmål|nd North Ndebele|ne Nepali|nl Dutch|nn Norwegian Nynorsk|no Norwegian|nv Navajo|
nwi Southwest Tanna|ny Chichewa|oc Occitan|om Oromo|or Odia|os Ossetic|pa Punjabi|
pa-Arab Punjabi (Shahmukhi)|pap Papiamento|pcm Nigerian Pidgin|pl Polish|pov Upper Guinea Creole|
ps Pashto|pt Portuguese|qu Quechua|rm Romansh|rn Rundi|ro Romanian|rom Romani|rtm Rotuman|ru Russian|
rw Kinyarwanda|sa Sanskrit|sah Yakut|sat Santali|sc Sardinian|scn Sicilian|sco Scots|sd Sindhi|
se Northern Sami|sg Sango|sh Serbo-Croatian (one of its standards)|si Sinhala|sk Slovak|sl Slovenian|
sm Samoan|sn Shona|so Somali|sq Albanian|sr Serbian|sr-Latn Serbian (Latin script)|st Southern Sotho|
su Sundanese|sv Swedish|sva Svan|sw Swahili|syc Syriac|ta Tamil|te Telugu|tg Tajik|th Thai|
ti Tigrinya|tk Turkmen|tl Tagalog|tn Tswana|to Tongan|tpi Tok Pisin|tr Turkish|ts Tsonga|tt Tatar|
ty Tahitian|ug Uyghur|uk Ukrainian|ukl Ukrainian Sign Language|ur Urdu|uz Uzbek|vec Venetian|
vi Vietnamese|wo Wolof|wuu Wu Chinese|xh Xhosa|yi Yiddish|yo Yoruba|yua Yucatec Maya|yue Cantonese|
zh Chinese|zh-Hans Chinese (simplified)|zh-Hant Chinese (traditional)|zu Zulu|zxx No words
"""


def add_languages(apps, schema_editor):
    Language = apps.get_model("films", "Language")
    pairs = (entry.strip().split(" ", 1) for entry in LANGUAGES.replace("\n", "").split("|"))
    Language.objects.bulk_create([Language(code=code, name=name) for code, name in pairs])


class Migration(migrations.Migration):
    dependencies = [("films", "0003_licenses")]

    operations = [migrations.RunPython(add_languages, migrations.RunPython.noop, elidable=False)]
